"""Signing up: one card, then the code."""

import json
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.rules.codes import Purpose
from enroll.accounts.rules.contacts import Contact, contact_of_key, read_contact
from enroll.accounts.rules.passwords import PasswordFacts, password_problems
from enroll.accounts.services.codes import try_code
from enroll.foundation.problems import Problem, Refused
from enroll.learners.forms import CodeForm, SignUpForm
from enroll.learners.queries.consents import texts_in_force
from enroll.learners.rules.ages import may_sign_up
from enroll.learners.rules.texts import AT_SIGN_UP, MARKETING, PRIVACY_NOTICE
from enroll.learners.services import joining
from enroll.learners.services.joining import SignUp
from enroll.learners.views.pages import address_of_request, learners
from enroll.storage.database import db
from enroll.storage.passwords import hashed
from enroll.storage.sealing import InvalidToken, seal, unseal
from enroll.web.access import public
from enroll.web.entering import enter_as, phones_offered
from enroll.web.forms import ActForm
from enroll.web.language import language
from enroll.web.moments import now, real_now, today
from enroll.web.once import act_once, once
from enroll.web.throttle import limiter

WAITING = "sign_up"


@learners.get("/sign-up")
@public
def sign_up() -> Any:
    if current_user.is_authenticated:
        return redirect("/home", 303)
    return _page(SignUpForm())


@learners.post("/sign-up")
@public
@limiter.limit("20 per minute")
def begin_sign_up() -> Any:
    form = SignUpForm()
    if not form.validate():
        return _page(form), 422
    try:
        contact = _checked(form)
        digest = hashed(form.password.data or "")
        return once(form, lambda: _begin(form, contact, digest))
    except Refused as refused:
        return _page(form, form.show_problems(refused.problems)), 422


@learners.get("/sign-up/code")
@public
def sign_up_code() -> Any:
    waiting = _waiting()
    return _code_page(CodeForm(), waiting[0]) if waiting else redirect(url_for("learners.sign_up"), 303)


@learners.post("/sign-up/code")
@public
@limiter.limit("20 per minute")
def finish_sign_up() -> Any:
    form, waiting = CodeForm(), _waiting()
    if waiting is None:
        return redirect(url_for("learners.sign_up"), 303)
    started, ticked = waiting
    if not form.validate():
        return _code_page(form, started), 422
    try:
        try_code(started.code_id, Purpose.CONFIRM, form.code.data or "", real_now=real_now())
        account_id = int(act_once(form, lambda: _finish(started, ticked)))
    except Refused as refused:
        return _code_page(form, started, form.show_problems(refused.problems)), 422
    enter_as(account_id)
    flash(_("You are signed up. Next, say who you are, or look around first."), "ok")
    return redirect("/home", 303)


@learners.post("/sign-up/again")
@public
@limiter.limit("20 per minute")
def send_sign_up_code() -> Any:
    form, waiting = ActForm(), _waiting()
    if waiting is None:
        return redirect(url_for("learners.sign_up"), 303)
    started, ticked = waiting

    def act() -> str:
        again = joining.send_sign_up_code_again(started, language=language(), now=now(), real_now=real_now())
        _wait_for(again, ticked)
        flash(_("Another code is on its way; the one before no longer counts."), "ok")
        return url_for("learners.sign_up_code")

    try:
        return once(form, act)
    except Refused as refused:
        return _code_page(CodeForm(formdata=None), started, refused.problems), 422


def _checked(form: SignUpForm) -> Contact:
    """The address, or Refused with everything that is wrong; too young is said alone, and nothing is kept."""
    born = form.birth_date.data
    young = may_sign_up(born, today()) if born else None
    if young:
        raise Refused(young)
    contact = read_contact(form.contact.data or "", phones=phones_offered())
    own = (contact.key, str(born)) if isinstance(contact, Contact) else (str(born),)
    problems = password_problems(PasswordFacts(form.password.data or "", own=own))
    if isinstance(contact, Problem) or problems:
        raise Refused([*([contact] if isinstance(contact, Problem) else []), *problems])
    return contact


def _begin(form: SignUpForm, contact: Contact, digest: str) -> str:
    born = form.birth_date.data
    assert born is not None
    started = joining.begin_sign_up(contact, digest, born, language=language(), now=now(), real_now=real_now())
    wanted = {PRIVACY_NOTICE} | ({MARKETING} if form.marketing.data else set())
    texts = texts_in_force(db.session(), now(), AT_SIGN_UP)
    _wait_for(started, {text.code: text.version for text in texts if text.code in wanted})
    return url_for("learners.sign_up_code")


def _finish(started: SignUp, ticked: dict[str, int]) -> str:
    learner = joining.finish_sign_up(started, ticked, now=now(), real_now=real_now(),
                                     network_address=address_of_request())
    return str(learner.account_id)


def _wait_for(started: SignUp, ticked: dict[str, int]) -> None:
    """What waits for the code stays in the browser's cookie, sealed: the database learns nothing until the code is
    right, and a code is worth nothing in another browser."""
    kept = [started.account_id, started.contact.key, started.birth_date.isoformat(), started.code_id, ticked,
            started.contact.shown]
    cookie[WAITING] = seal(json.dumps(kept))


def _waiting() -> tuple[SignUp, dict[str, int]] | None:
    try:
        account_id, key, born, code_id, ticked, shown = json.loads(unseal(cookie.get(WAITING, "")))
    except (InvalidToken, ValueError):
        return None
    contact = Contact(contact_of_key(key).kind, shown, key)
    return SignUp(account_id, contact, date.fromisoformat(born), code_id), ticked


def _page(form: SignUpForm, problems: tuple[Problem, ...] = ()) -> str:
    texts = {text.code: text for text in texts_in_force(db.session(), now(), AT_SIGN_UP)}
    return render_template("learners/sign_up.html", form=form, problems=problems, phones=phones_offered(),
                           notice=texts.get(PRIVACY_NOTICE), marketing=texts.get(MARKETING))


def _code_page(form: CodeForm, started: SignUp, problems: tuple[Problem, ...] = ()) -> str:
    return render_template("learners/sign_up_code.html", form=form, problems=problems, address=started.contact.shown,
                           again=ActForm(formdata=None))
