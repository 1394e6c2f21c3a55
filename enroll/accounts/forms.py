"""What people type to sign in and to look after accounts."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, HiddenField, RadioField, SelectField

from enroll.accounts.permissions import BUNDLES, ROLE_NAMES, Role
from enroll.web.forms import ActForm, Day, Line, Lines, MoveForm, Needed, Secret, SentForm, Several, options
from enroll.web.language import translate

STAFF_ROLES = [role for role in Role if role != Role.LEARNER]


class SignInForm(ActForm):
    name = Line(_l("E-mail, mobile number or user name"), [Needed()], most=254)
    password = Secret(_l("Password"))
    next = HiddenField()


class PresenceForm(SentForm):
    """The password again, beside whatever else the request carries."""

    present_password = Secret(_l("Your password"))


class RecoverForm(ActForm):
    name = Line(_l("E-mail, mobile number or user name"), [Needed()], most=254)


class CodeForm(ActForm):
    code = Line(_l("Confirmation code"), [Needed()], most=20)


class RecoverCodeForm(CodeForm):
    new_password = Secret(_l("New password"))


class PasswordForm(ActForm):
    password = Secret(_l("Present password"))
    new_password = Secret(_l("New password"))


class ContactForm(ActForm):
    contact = Line(_l("New e-mail address or mobile number"), [Needed()], most=254)
    password = Secret(_l("Present password"))


class LanguageForm(ActForm):
    language = RadioField(_l("Language of pages and messages"), choices=options([("zh", "中文"), ("en", "English")]))


class KeysForm(ActForm):
    single_keys = BooleanField(_l("Shortcuts of a single key on the review pages"))


class RolesForm(ActForm):
    """Roles from a day until another, both included; without an end they stay until somebody ends them."""

    roles = Several(_l("Roles"), [Needed(_l("Choose at least one role."))])
    from_on = Day(_l("From (day)"))
    until_on = Day(_l("Until (last day)"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.roles.choices = options((role.value, translate(ROLE_NAMES[role])) for role in STAFF_ROLES)


class StaffForm(RolesForm):
    username = Line(_l("User name"), [Needed()], most=40)
    name = Line(_l("Name"), [Needed()], most=120)
    new_password = Secret(_l("First password"))


class ReplaceContactForm(ActForm):
    """For somebody who lost phone and e-mail, and has shown who they are."""

    contact = Line(_l("New e-mail address or mobile number"), [Needed()], most=254)
    proof = Lines(_l("How did they show who they are?"), [Needed()], most=500)


class AccountMoveForm(MoveForm):
    """Disabling and enabling."""


class AccountFilter(Form):
    """The list's filter; a GET form."""

    q = Line(_l("Name, user name, address or reference"), most=80)
    role = SelectField(_l("Role"), validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        named = [(role.value, translate(ROLE_NAMES[role])) for role in Role]
        self.role.choices = options([("", _("All")), *named])


def roles_of(values: list[str] | None) -> list[Role]:
    return [Role(value) for value in values or []]


def bundle_hints() -> list[tuple[str, list[str]]]:
    """Each bundle's name, and the names of its roles."""
    return [(translate(label), [translate(ROLE_NAMES[role]) for role in sorted(roles)]) for _, label, roles in BUNDLES]
