"""Signing in and out."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.forms import SignInForm
from enroll.accounts.services.signing_in import check_sign_in
from enroll.accounts.views.sessions import enter, home_of, leave
from enroll.foundation.problems import Problem, Refused
from enroll.web.access import public
from enroll.web.addresses import own_path
from enroll.web.entering import phones_offered
from enroll.web.moments import real_now
from enroll.web.throttle import limiter

accounts = Blueprint("accounts", __name__)


@accounts.get("/sign-in")
@public
def sign_in() -> Any:
    target = own_path(request.args.get("next"), "")
    if current_user.is_authenticated:
        return redirect(target or current_user.home, 303)
    return _page(SignInForm(next=target))


@accounts.post("/sign-in")
@public
@limiter.limit("60 per minute")
def try_to_sign_in() -> Any:
    """Without the key of a press: every try counts as one, and signing in twice is two sessions, of which the first
    ends. WITHOUT_A_KEY of tests/architecture/test_one_press.py says where else this is so."""
    form = SignInForm()
    if not form.validate():
        return _page(form), 422
    try:
        account_id = check_sign_in(form.name.data, form.password.data or "", network_address=request.remote_addr or "",
                                   real_now=real_now())
    except Refused as refused:
        return _page(form, form.show_problems(refused.problems)), 422
    enter(account_id)
    return redirect(own_path(form.next.data, home_of(account_id)), 303)


@accounts.post("/sign-out")
@public
def sign_out() -> Any:
    leave()
    flash(_("You are signed out on this device."), "ok")
    return redirect(url_for("accounts.sign_in"), 303)


def _page(form: SignInForm, problems: tuple[Problem, ...] = ()) -> str:
    return render_template("accounts/sign_in.html", form=form, problems=problems, phones=phones_offered())

