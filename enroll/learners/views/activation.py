"""Taking over an account that staff opened: by the link of the message, the day of birth, and an own password."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _

from enroll.accounts.models import Invitation
from enroll.accounts.queries import invitation_by_token
from enroll.accounts.rules.contacts import contact_of_key
from enroll.accounts.rules.passwords import PasswordFacts, password_problems
from enroll.accounts.services.inviting import note_wrong_try
from enroll.foundation.problems import Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.learners.forms import ActivationForm
from enroll.learners.models import Learner
from enroll.learners.queries.consents import texts_in_force
from enroll.learners.queries.people import learner_of_account
from enroll.learners.rules.texts import AT_SIGN_UP, PRIVACY_NOTICE
from enroll.learners.services.joining import take_over_account
from enroll.learners.views.pages import address_of_request, learners
from enroll.storage.database import db
from enroll.storage.passwords import hashed
from enroll.web.access import public
from enroll.web.entering import enter_as
from enroll.web.moments import now, real_now
from enroll.web.once import act_once
from enroll.web.throttle import limiter

NOT_THE_DAY = problem("birth_date_differs", N_("This is not the date of birth we were given. Check it; if it is right, "
                                               "the entry with us is wrong: ask us to put it right."),
                      field="birth_date")


@learners.get("/activate/<token:token>")
@public
@limiter.limit("60 per minute")
def activation(token: str) -> Any:
    found = _waiting(token)
    return _page(ActivationForm(formdata=None), *found) if found else _over()


@learners.post("/activate/<token:token>")
@public
@limiter.limit("20 per minute")
def activate(token: str) -> Any:
    form, found = ActivationForm(), _waiting(token)
    if found is None:
        return _over()
    invitation, learner = found
    if not form.validate():
        return _page(form, invitation, learner), 422
    try:
        digest = _password(form, invitation, learner)
        account_id = act_once(form, lambda: _take_over(invitation.id, learner.id, digest))
    except Refused as refused:
        return _page(form, invitation, learner, form.show_problems(refused.problems)), 422
    enter_as(int(account_id))
    flash(_("The account is yours. Sign in with your address and this password from now on."), "ok")
    return redirect("/home", 303)


def _waiting(token: str) -> tuple[Invitation, Learner] | None:
    session = db.session()
    invitation = invitation_by_token(session, token, real_now())
    learner = learner_of_account(session, invitation.account_id) if invitation else None
    return (invitation, learner) if invitation and learner else None


def _password(form: ActivationForm, invitation: Invitation, learner: Learner) -> str:
    """The password's hash, made outside every transaction; a wrong day of birth is counted first."""
    if form.birth_date.data != learner.birth_date:
        note_wrong_try(invitation.id)
        raise Refused(NOT_THE_DAY)
    own = (invitation.address, str(learner.birth_date), learner.legal_name)
    problems = password_problems(PasswordFacts(form.password.data or "", own=own))
    if problems:
        raise Refused(problems)
    return hashed(form.password.data or "")


def _take_over(invitation_id: int, learner_id: int, digest: str) -> str:
    notice = {text.code: text.version for text in texts_in_force(db.session(), now(), AT_SIGN_UP)
              if text.code == PRIVACY_NOTICE}
    account = take_over_account(invitation_id, learner_id, digest, notice, now=now(), real_now=real_now(),
                                network_address=address_of_request())
    return str(account.id)


def _page(
    form: ActivationForm, invitation: Invitation, learner: Learner, problems: tuple[Problem, ...] = ()
) -> str:
    notice = next((text for text in texts_in_force(db.session(), now(), AT_SIGN_UP) if text.code == PRIVACY_NOTICE),
                  None)
    return render_template("learners/activate.html", form=form, problems=problems, notice=notice,
                           name=learner.legal_name, address=contact_of_key(invitation.address).masked,
                           action=request.path)


def _over() -> Any:
    return render_template("learners/activation_over.html"), 404
