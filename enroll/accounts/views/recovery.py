"""Getting back in with a code to one's own address."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask import session as cookie
from flask_babel import gettext as _

from enroll.accounts.forms import RecoverCodeForm, RecoverForm
from enroll.accounts.queries import account_of_code
from enroll.accounts.rules.codes import Purpose
from enroll.accounts.rules.passwords import PasswordFacts, password_problems
from enroll.accounts.services import changing
from enroll.accounts.services.codes import try_code
from enroll.foundation.problems import Problem, Refused
from enroll.storage.database import db
from enroll.storage.passwords import hashed
from enroll.web.access import public
from enroll.web.entering import phones_offered
from enroll.web.language import language
from enroll.web.moments import now, real_now
from enroll.web.once import once
from enroll.web.throttle import limiter

recovery = Blueprint("recovery", __name__)


@recovery.get("/recover")
@public
def ask() -> Any:
    return _ask_page(RecoverForm())


@recovery.post("/recover")
@public
@limiter.limit("20 per minute")
def send() -> Any:
    form = RecoverForm()
    if not form.validate():
        return _ask_page(form), 422

    def act() -> str:
        cookie["recovery"] = changing.ask_recovery(form.name.data, phones=phones_offered(), language=language(),
                                                   now=now(), real_now=real_now())
        return url_for("recovery.code")

    try:
        return once(form, act)
    except Refused as refused:
        return _ask_page(form, form.show_problems(refused.problems)), 422


@recovery.get("/recover/code")
@public
def code() -> Any:
    if "recovery" not in cookie:
        return redirect(url_for("recovery.ask"), 303)
    return _code_page(RecoverCodeForm())


@recovery.post("/recover/code")
@public
@limiter.limit("20 per minute")
def set_new_password() -> Any:
    form, code_id = RecoverCodeForm(), cookie.get("recovery")
    if code_id is None:
        return redirect(url_for("recovery.ask"), 303)
    if not form.validate():
        return _code_page(form), 422
    try:
        try_code(code_id, Purpose.RECOVER, form.code.data, real_now=real_now())
        _require_good_password(code_id, form.new_password.data or "")
        digest = hashed(form.new_password.data or "")
        answer = once(form, lambda: _recover(code_id, digest))
    except Refused as refused:
        return _code_page(form, form.show_problems(refused.problems)), 422
    cookie.pop("recovery", None)
    flash(_("Your password is changed, and every device is signed out. Sign in with the new one."), "ok")
    return answer


def _recover(code_id: int, digest: str) -> str:
    changing.recover(code_id, digest, now=now(), real_now=real_now())
    return url_for("accounts.sign_in")


def _require_good_password(code_id: int, password: str) -> None:
    """Asked after the code was right: what is said of the password may tell something of the person."""
    account = account_of_code(db.session(), code_id)
    facts = account.password_facts(password, now()) if account else PasswordFacts(password)
    problems = password_problems(facts, "new_password")
    if problems:
        raise Refused(problems)


def _ask_page(form: RecoverForm, problems: tuple[Problem, ...] = ()) -> str:
    return render_template("accounts/recover.html", form=form, problems=problems, phones=phones_offered())


def _code_page(form: RecoverCodeForm, problems: tuple[Problem, ...] = ()) -> str:
    return render_template("accounts/recover_code.html", form=form, problems=problems)
