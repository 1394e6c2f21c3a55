"""Accounts and roles, for administrators."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.forms import (
    AccountFilter,
    AccountMoveForm,
    ReplaceContactForm,
    RolesForm,
    StaffForm,
    bundle_hints,
    roles_of,
)
from enroll.accounts.lifecycle import ACCOUNT
from enroll.accounts.models import Account, RoleGrant
from enroll.accounts.permissions import (
    PERMISSION_NAMES,
    ROLE_GRANTS,
    ROLE_NAMES,
    Permission,
    Role,
    duties_to_watch,
)
from enroll.accounts.queries import account_by_reference, accounts_found, role_facts
from enroll.accounts.rules.contacts import read_contact, username_is_plain
from enroll.accounts.rules.passwords import STAFF_LEAST, PasswordFacts, password_problems
from enroll.accounts.services import roles as role_services
from enroll.accounts.services.opening import open_account
from enroll.audit.queries import acts_about
from enroll.foundation.clock import at_beijing
from enroll.foundation.problems import Problem, Refused
from enroll.storage.database import db
from enroll.storage.paging import page_by_id
from enroll.storage.passwords import hashed
from enroll.web.access import requires, weighty
from enroll.web.addresses import asked, asked_number
from enroll.web.entering import phones_offered
from enroll.web.forms import ActForm
from enroll.web.moments import now
from enroll.web.once import once

staff_accounts = Blueprint("staff_accounts", __name__, url_prefix="/staff/accounts")
RECENT_ACTS = 20
BY_HAND = {"disable", "enable"}


@staff_accounts.get("")
@requires(Permission.MANAGE_ACCOUNTS)
def index() -> Any:
    role = asked("role")
    wanted = accounts_found(asked("q"), Role(role) if role in set(Role) else None, now=now())
    page = page_by_id(db.session(), wanted, Account.id, after=asked_number("after"))
    rows = [(account, ACCOUNT.label(account.state), _names(account.roles_at(now()))) for account in page.rows]
    return render_template("accounts/staff/index.html", rows=rows, page=page, filter=AccountFilter(request.args),
                           filtered=bool(asked("q") or role))


@staff_accounts.get("/roles")
@requires(Permission.MANAGE_ACCOUNTS, Permission.SEE_AUDIT)
def matrix() -> Any:
    roles = [role for role in Role if role != Role.LEARNER]
    rows = [(PERMISSION_NAMES[permission], [permission in ROLE_GRANTS[role] for role in roles])
            for permission in Permission if permission in PERMISSION_NAMES]
    up = url_for("staff_accounts.index") if current_user.actor.may(Permission.MANAGE_ACCOUNTS) else ""
    return render_template("accounts/staff/roles.html", roles=[ROLE_NAMES[role] for role in roles], rows=rows,
                           bundles=bundle_hints(), up=up)


@staff_accounts.get("/new")
@requires(Permission.MANAGE_ACCOUNTS)
def new() -> Any:
    return _new_page(StaffForm())


@staff_accounts.post("/new")
@requires(Permission.MANAGE_ACCOUNTS)
@weighty
def create() -> Any:
    form = StaffForm()
    if not form.validate():
        return _new_page(form), 422
    try:
        _require_good(form)
        digest = hashed(form.new_password.data or "")
        answer = once(form, lambda: _open(form, digest))
    except Refused as refused:
        return _new_page(form, form.show_problems(refused.problems)), 422
    flash(_("The account is open. Give the person their user name and first password; they change it under Account."),
          "ok")
    return answer


@staff_accounts.get("/<ref:reference>")
@requires(Permission.MANAGE_ACCOUNTS)
def show(reference: str) -> Any:
    return _show_page(_found(reference), RolesForm())


@staff_accounts.post("/<ref:reference>/roles")
@requires(Permission.MANAGE_ACCOUNTS)
@weighty
def grant(reference: str) -> Any:
    account, form = _found(reference), RolesForm()
    if not form.validate():
        return _show_page(account, form), 422

    def act() -> str:
        role_services.grant_roles(reference, roles_of(form.roles.data), by=current_user.actor, now=now(),
                                  from_at=_begins(form), until=_ends(form))
        return url_for("staff_accounts.show", reference=reference)

    try:
        return once(form, act)
    except Refused as refused:
        return _show_page(_found(reference), form, form.show_problems(refused.problems)), 422


@staff_accounts.post("/<ref:reference>/roles/<role>/end")
@requires(Permission.MANAGE_ACCOUNTS)
@weighty
def end_role(reference: str, role: str) -> Any:
    if role not in set(Role):
        abort(404)
    _found(reference)

    def act() -> str:
        role_services.end_role(reference, Role(role), by=current_user.actor, now=now())
        return url_for("staff_accounts.show", reference=reference)

    try:
        return once(ActForm(), act)
    except Refused as refused:
        return _show_page(_found(reference), RolesForm(formdata=None), refused.problems), 422


@staff_accounts.get("/<ref:reference>/contact")
@requires(Permission.MANAGE_ACCOUNTS)
def contact(reference: str) -> Any:
    account = _found(reference)
    return _contact_page(account, ReplaceContactForm(version=account.version))


@staff_accounts.post("/<ref:reference>/contact")
@requires(Permission.MANAGE_ACCOUNTS)
@weighty
def replace_contact(reference: str) -> Any:
    account, form = _found(reference), ReplaceContactForm()
    if not form.validate():
        return _contact_page(account, form), 422

    def act() -> str:
        wanted = read_contact(form.contact.data or "", phones=phones_offered())
        if isinstance(wanted, Problem):
            raise Refused(wanted)
        role_services.replace_contact(reference, wanted, by=current_user.actor, now=now(),
                                      reason=form.proof.data or "", version=form.seen_version)
        flash(_("The address is replaced. The person chooses a new password with “Forgot password”."), "ok")
        return url_for("staff_accounts.show", reference=reference)

    try:
        return once(form, act)
    except Refused as refused:
        return _contact_page(_found(reference), form, form.show_problems(refused.problems)), 422


@staff_accounts.post("/<ref:reference>/<move>")
@requires(Permission.MANAGE_ACCOUNTS)
@weighty
def move(reference: str, move: str) -> Any:
    form = AccountMoveForm()
    _found(reference)
    if move not in BY_HAND:
        abort(404)
    if not form.validate():
        return _show_page(_found(reference), RolesForm(formdata=None), move_form=form), 422

    def act() -> str:
        role_services.move_account(reference, move, by=current_user.actor, now=now(), reason=form.reason.data or "",
                                   version=form.seen_version)
        return url_for("staff_accounts.show", reference=reference)

    try:
        return once(form, act)
    except Refused as refused:
        problems = form.show_problems(refused.problems)
        return _show_page(_found(reference), RolesForm(formdata=None), problems, move_form=form), 422


def _found(reference: str) -> Account:
    account = account_by_reference(db.session(), reference)
    if account is None:
        abort(404)
    return account


def _open(form: StaffForm, digest: str) -> str:
    account = open_account(digest, roles_of(form.roles.data), by=current_user.actor, now=now(),
                           username=(form.username.data or "").lower(), name=form.name.data or "", confirmed=True,
                           until=_ends(form))
    return url_for("staff_accounts.show", reference=account.reference)


def _require_good(form: StaffForm) -> None:
    username, name = (form.username.data or "").lower(), form.name.data or ""
    facts = PasswordFacts(form.new_password.data or "", STAFF_LEAST, (username, name))
    problems = password_problems(facts, "new_password")
    unreadable = username_is_plain(username)
    if problems or unreadable:
        raise Refused([*([unreadable] if unreadable else []), *problems])


def _begins(form: RolesForm) -> datetime | None:
    return at_beijing(form.from_on.data) if form.from_on.data else None


def _ends(form: RolesForm) -> datetime | None:
    return at_beijing(form.until_on.data + timedelta(days=1)) if form.until_on.data else None


def _names(roles: frozenset[Role]) -> list[str]:
    return [ROLE_NAMES[role] for role in Role if role in roles]


def _contact_page(account: Account, form: ReplaceContactForm, problems: tuple[Problem, ...] = ()) -> str:
    return render_template("accounts/staff/contact.html", account=account, form=form, problems=problems,
                           phones=phones_offered(), mine=account.id == current_user.account_id)


def _new_page(form: StaffForm, problems: tuple[Problem, ...] = ()) -> str:
    return render_template("accounts/staff/new.html", form=form, problems=problems, bundles=bundle_hints())


def _show_page(
    account: Account, form: RolesForm, problems: tuple[Problem, ...] = (), move_form: AccountMoveForm | None = None
) -> str:
    moment = now()
    offers = ACCOUNT.offers(account.state, current_user.actor, role_facts(db.session(), account, moment))
    grants = sorted(account.grants, key=lambda grant: (_over(grant, moment), grant.role))
    return render_template(
        "accounts/staff/show.html", account=account, label=ACCOUNT.label(account.state), form=move_form or form,
        roles_form=form, problems=problems,
        grants=[(grant, grant.role, ROLE_NAMES[Role(grant.role)], _over(grant, moment)) for grant in grants],
        offers=offers,
        move_form=move_form or AccountMoveForm(formdata=None, version=account.version), act_form=ActForm(formdata=None),
        watch=duties_to_watch(account.roles_at(moment)), mine=account.id == current_user.account_id,
        acts=list(acts_about(db.session(), account.reference))[-RECENT_ACTS:][::-1], bundles=bundle_hints(),
        role_names=ROLE_NAMES,
    )


def _over(grant: RoleGrant, moment: datetime) -> bool:
    return grant.until_at is not None and grant.until_at <= moment
