"""One's own account: what we know to sign one in, security, sessions, language."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.forms import CodeForm, ContactForm, KeysForm, LanguageForm, PasswordForm
from enroll.accounts.models import Account
from enroll.accounts.queries import account_by_reference, address_of_code, sessions_of
from enroll.accounts.rules.codes import Purpose
from enroll.accounts.rules.contacts import Contact, contact_of_key, read_contact
from enroll.accounts.rules.passwords import password_problems
from enroll.accounts.services import changing
from enroll.accounts.services.codes import try_code
from enroll.accounts.services.sessions import end_sessions
from enroll.accounts.services.signing_in import check_own_password
from enroll.accounts.views.sessions import LIMITS
from enroll.foundation.problems import Problem, Refused
from enroll.storage.database import db
from enroll.storage.passwords import hashed
from enroll.web.access import signed_in
from enroll.web.entering import phones_offered
from enroll.web.forms import ActForm
from enroll.web.moments import now, real_now
from enroll.web.once import once
from enroll.web.throttle import limiter

own = Blueprint("account", __name__, url_prefix="/account")


@own.get("")
@signed_in
def profile() -> Any:
    return _profile_page()


@own.post("/language")
@signed_in
def choose_language() -> Any:
    form = LanguageForm()
    if not form.validate():
        return _profile_page(form), 422
    chosen = form.language.data

    def act() -> str:
        changing.choose_language(current_user.account_id, chosen, by=current_user.actor, now=now())
        return url_for("account.profile")

    cookie["language"] = chosen
    return once(form, act)


@own.post("/keys")
@signed_in
def choose_keys() -> Any:
    """Single-key shortcuts on or off."""
    form = KeysForm()
    if not form.validate():
        return _profile_page(), 422

    def act() -> str:
        changing.choose_keys(current_user.account_id, form.single_keys.data, by=current_user.actor, now=now())
        flash(_("Kept."), "ok")
        return url_for("account.profile", _anchor="keys")

    return once(form, act)


@own.get("/security")
@signed_in
def security() -> Any:
    return _security_page(PasswordForm())


@own.post("/password")
@signed_in
@limiter.limit("20 per minute")
def change_password() -> Any:
    form, person = PasswordForm(), current_user
    if not form.validate():
        return _security_page(form), 422
    try:
        _require_password(form.password.data or "")
        problems = password_problems(_mine().password_facts(form.new_password.data or "", now()), "new_password")
        if problems:
            raise Refused(problems)
    except Refused as refused:
        return _security_page(form, form.show_problems(refused.problems)), 422
    digest = hashed(form.new_password.data or "")

    def act() -> str:
        changing.set_password(person.account_id, digest, by=person.actor, now=now(), keep_session=person.session_id)
        return url_for("account.security")

    flash(_("Your password is changed. Every other device is signed out."), "ok")
    return once(form, act)


@own.get("/contact")
@signed_in
def contact() -> Any:
    return _contact_page(ContactForm())


@own.post("/contact")
@signed_in
@limiter.limit("20 per minute")
def send_code_to_contact() -> Any:
    form = ContactForm()
    if not form.validate():
        return _contact_page(form), 422
    try:
        wanted = read_contact(form.contact.data, phones=phones_offered())
        if isinstance(wanted, Problem):
            raise Refused(wanted)
        _require_password(form.password.data or "")
        return once(form, lambda: _ask_for(wanted))
    except Refused as refused:
        return _contact_page(form, form.show_problems(refused.problems)), 422


@own.get("/contact/code")
@signed_in
def contact_code() -> Any:
    return _contact_code_page(CodeForm())


@own.post("/contact/code")
@signed_in
@limiter.limit("20 per minute")
def change_contact() -> Any:
    form, code_id, person = CodeForm(), cookie.get("new_contact"), current_user
    if code_id is None or not form.validate():
        return _contact_code_page(form), 422

    def act() -> str:
        changing.change_contact(person.account_id, code_id, by=person.actor, now=now(), real_now=real_now())
        return url_for("account.security")

    try:
        try_code(code_id, Purpose.CHANGE, form.code.data, real_now=real_now())
        answer = once(form, act)
    except Refused as refused:
        return _contact_code_page(form, form.show_problems(refused.problems)), 422
    cookie.pop("new_contact", None)
    flash(_("The new address is yours to sign in with."), "ok")
    return answer


@own.get("/sessions")
@signed_in
def sessions() -> Any:
    rows = sessions_of(db.session(), current_user.account_id, datetime.now(UTC), LIMITS, staff=current_user.is_staff)
    return render_template("accounts/sessions.html", rows=rows, here=current_user.session_id, act_form=ActForm())


@own.post("/sessions/end")
@signed_in
def end_other_sessions() -> Any:
    """All but this one; or the one that is named, which is one's own or nothing."""
    named = request.form.get("session", "")
    only = int(named) if named.isascii() and named.isdigit() and len(named) < 10 else None
    if named and only is None:
        return redirect(url_for("account.sessions"), 303)

    def act() -> str:
        end_sessions(current_user.account_id, real_now=datetime.now(UTC), only=only, but=current_user.session_id)
        return url_for("account.sessions")

    flash(_("Signed out there."), "ok")
    return once(ActForm(), act)


def _profile_page(form: LanguageForm | None = None) -> str:
    account = _mine()
    return render_template(
        "accounts/profile.html", account=account, form=form or LanguageForm(formdata=None, language=account.language),
        keys_form=KeysForm(formdata=None, single_keys=account.single_keys))


def _mine() -> Account:
    account = account_by_reference(db.session(), current_user.reference)
    assert account is not None
    return account


def _require_password(password: str) -> None:
    check_own_password(current_user.account_id, password, network_address=request.remote_addr or "",
                       real_now=real_now())


def _ask_for(wanted: Contact) -> str:
    cookie["new_contact"] = changing.ask_new_contact(current_user.account_id, wanted, by=current_user.actor, now=now(),
                                                     real_now=real_now())
    return url_for("account.contact_code")


def _security_page(form: PasswordForm, problems: tuple[Problem, ...] = ()) -> str:
    return render_template("accounts/security.html", account=_mine(), form=form, problems=problems,
                           phones=phones_offered())


def _contact_page(form: ContactForm, problems: tuple[Problem, ...] = ()) -> str:
    return render_template("accounts/contact.html", form=form, problems=problems, phones=phones_offered())


def _contact_code_page(form: CodeForm, problems: tuple[Problem, ...] = ()) -> Any:
    address = address_of_code(db.session(), cookie.get("new_contact", 0), current_user.account_id)
    if address is None:
        return redirect(url_for("account.contact"), 303)
    return render_template("accounts/contact_code.html", form=form, problems=problems,
                           address=contact_of_key(address).shown)
