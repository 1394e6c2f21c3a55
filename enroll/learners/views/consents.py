"""Agreeing, purpose by purpose; and taking it back, with what follows said before."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.audit.queries import done_for
from enroll.foundation.problems import Problem, Refused
from enroll.foundation.words import N_
from enroll.learners.forms import ConsentForm
from enroll.learners.models import ConsentText, Learner
from enroll.learners.queries.consents import consents_ever_given, consents_in_force, texts_in_force
from enroll.learners.rules.behalf import ASKED_NAMES
from enroll.learners.rules.texts import AT_APPLICATION, BEFORE_IDENTITY, FACE, MARKETING, SENSITIVE_ID, SHARE_ISSUER
from enroll.learners.services.consents import give_consents, withdraw_consent
from enroll.learners.views.pages import address_of_request, learners, me
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.moments import now
from enroll.web.once import once

OWN_CHOICE = ("separate", "optional")
# What follows when a consent is taken back, said before the press.
CONSEQUENCES = {
    SENSITIVE_ID: N_("We stop checking your document. You cannot hand in your identity or apply for an exam until you "
                     "agree again; what was already decided stays on record as the law asks."),
    SHARE_ISSUER: N_("Nothing more goes to the issuing body. An application that is open cannot go on, and no "
                     "certificate can be issued; what was already reported cannot be called back by us."),
    MARKETING: N_("You get no more news about courses and events. Messages about your own matters go on."),
    FACE: N_("You are checked by a person instead; it counts the same."),
}


@learners.get("/identity/consents")
@requires(Permission.LEARN)
def consents() -> Any:
    return _ask_page(me(), ConsentForm())


@learners.post("/identity/consents")
@requires(Permission.LEARN)
def agree() -> Any:
    learner, form = me(), ConsentForm()

    def act() -> str:
        give_consents(learner.id, _ticked(), by=current_user.actor, now=now(), network_address=address_of_request())
        return url_for("learners.identity")

    try:
        return once(form, act)
    except Refused as refused:
        return _ask_page(me(), form, refused.problems), 422


@learners.get("/account/on-my-behalf")
@requires(Permission.LEARN)
def on_my_behalf() -> Any:
    """What staff did because one asked for it: who, when, how one asked, and how to object."""
    return render_template("learners/on_my_behalf.html", acts=done_for(db.session(), me().id), asked_names=ASKED_NAMES)


@learners.get("/account/consents")
@requires(Permission.LEARN)
def my_consents() -> Any:
    return _own_page(me(), ConsentForm())


@learners.post("/account/consents/<code:code>/<move>")
@requires(Permission.LEARN)
def change_consent(code: str, move: str) -> Any:
    learner, form = me(), ConsentForm()
    texts = {text.code: text for text in _choices(learner)}
    if code not in texts or move not in {"give", "withdraw"}:
        return render_template("errors/404.html", back=url_for("learners.my_consents"), code=404), 404

    def act() -> str:
        if move == "give":
            give_consents(learner.id, {code: _version(f"version_{code}")}, by=current_user.actor, now=now(),
                          network_address=address_of_request())
            flash(_("Agreed."), "ok")
        else:
            withdraw_consent(learner.id, code, by=current_user.actor, now=now())
            flash(_("Taken back."), "ok")
        return url_for("learners.my_consents")

    try:
        return once(form, act)
    except Refused as refused:
        return _own_page(me(), form, refused.problems), 422


def _choices(learner: Learner) -> list[ConsentText]:
    return [text for text in texts_in_force(db.session(), now()) if text.kind in OWN_CHOICE and text.code != "guardian"]


def _ticked() -> dict[str, int]:
    """The boxes that are ticked, each with the version that was on the page."""
    return {code: _version(f"version_{code}") for code in request.form.getlist("agree")[:20] if code.isidentifier()}


def _version(field: str) -> int:
    text = request.form.get(field, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _ask_page(learner: Learner, form: ConsentForm, problems: tuple[Problem, ...] = ()) -> str:
    texts = [text for text in texts_in_force(db.session(), now(), AT_APPLICATION) if text.kind == "separate"]
    return render_template("learners/consents.html", form=form, problems=problems, texts=texts,
                           given=consents_in_force(db.session(), learner.id), first=BEFORE_IDENTITY)


def _own_page(learner: Learner, form: ConsentForm, problems: tuple[Problem, ...] = ()) -> str:
    return render_template("learners/my_consents.html", form=form, problems=problems, texts=_choices(learner),
                           given=consents_in_force(db.session(), learner.id), consequences=CONSEQUENCES,
                           ever=consents_ever_given(db.session(), learner.id))
