"""The guardian: named by the learner; acknowledges on a page of their own, or on the learner's phone."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.accounts.rules.codes import Purpose
from enroll.accounts.rules.contacts import Contact, contact_of_key, read_contact
from enroll.accounts.services.codes import try_code
from enroll.foundation.masking import mask_name
from enroll.foundation.problems import Problem, Refused
from enroll.learners.forms import AcknowledgeForm, GuardianForm
from enroll.learners.lifecycle import CheckKind
from enroll.learners.models import Guardian, Learner
from enroll.learners.queries.checks import checks_of
from enroll.learners.queries.consents import text_in_force
from enroll.learners.queries.people import guardian_by_token, guardian_of, learner_by_id
from enroll.learners.rules.ages import needs_guardian
from enroll.learners.rules.checks import still_open
from enroll.learners.rules.texts import GUARDIAN
from enroll.learners.services import guardian as services
from enroll.learners.views.pages import address_of_request, learners, me
from enroll.storage.database import db
from enroll.web.access import public, requires
from enroll.web.entering import phones_offered
from enroll.web.forms import ActForm
from enroll.web.language import language
from enroll.web.moments import now, real_now, today
from enroll.web.once import once
from enroll.web.throttle import limiter


@learners.get("/identity/guardian")
@requires(Permission.LEARN)
def guardian() -> Any:
    learner = me()
    named = guardian_of(db.session(), learner.id)
    filled = {"guardian_name": named.name, "relation": named.relation, "contact": named.address} if named else {}
    return _page(learner, GuardianForm(data=filled))


@learners.post("/identity/guardian")
@requires(Permission.LEARN)
@limiter.limit("20 per minute")
def name_guardian() -> Any:
    learner, form = me(), GuardianForm()
    if not form.validate():
        return _page(learner, form), 422
    try:
        contact = read_contact(form.contact.data or "", phones=phones_offered())
        if isinstance(contact, Problem):
            raise Refused(contact)
        return once(form, lambda: _name(learner, form, contact))
    except Refused as refused:
        return _page(me(), form, form.show_problems(refused.problems)), 422


@learners.post("/identity/guardian/again")
@requires(Permission.LEARN)
@limiter.limit("20 per minute")
def send_guardian_code() -> Any:
    learner = me()

    def act() -> str:
        services.send_guardian_code(learner.id, language=language(), now=now(), real_now=real_now())
        flash(_("Another code is on its way to your guardian."), "ok")
        return url_for("learners.guardian")

    try:
        return once(ActForm(), act)
    except Refused as refused:
        return _page(me(), GuardianForm(formdata=None), refused.problems), 422


@learners.get("/guardian/<token:token>")
@public
def guardian_page(token: str) -> Any:
    return _guardians_page(_named(token), AcknowledgeForm())


@learners.post("/guardian/<token:token>")
@public
@limiter.limit("20 per minute")
def acknowledge(token: str) -> Any:
    named, form = _named(token), AcknowledgeForm()
    code_id, learner_id = named.code_id, named.learner_id
    if not form.validate():
        return _guardians_page(named, form), 422
    try:
        try_code(code_id or 0, Purpose.GUARDIAN, form.code.data or "", real_now=real_now())
        return once(form, lambda: _acknowledge(token, learner_id, code_id))
    except Refused as refused:
        return _guardians_page(_named(token), form, form.show_problems(refused.problems)), 422


def _name(learner: Learner, form: GuardianForm, contact: Contact) -> str:
    services.name_guardian(learner.id, form.guardian_name.data or "", form.relation.data or "", contact,
                           language=language(), by=current_user.actor, now=now(), real_now=real_now())
    flash(_("Kept. Your guardian gets a code and the way to their page."), "ok")
    return url_for("learners.guardian")


def _acknowledge(token: str, learner_id: int, code_id: int | None) -> str:
    services.acknowledge_guardian(learner_id, now=now(), real_now=real_now(), network_address=address_of_request(),
                                  code_id=code_id)
    return url_for("learners.guardian_page", token=token)


def _named(token: str) -> Guardian:
    named = guardian_by_token(db.session(), token)
    if named is None:
        abort(404)
    return named


def _page(learner: Learner, form: GuardianForm, problems: tuple[Problem, ...] = ()) -> Any:
    if not needs_guardian(learner.birth_date, today()):
        return redirect(url_for("learners.identity"), 303)
    named = guardian_of(db.session(), learner.id)
    return render_template(
        "learners/guardian.html", form=form, problems=problems, named=named, phones=phones_offered(),
        address=contact_of_key(named.address).masked if named else "", again=ActForm(formdata=None),
        closed=still_open(checks_of(db.session(), learner.id)[CheckKind.IDENTITY].state),
    )


def _guardians_page(named: Guardian, form: AcknowledgeForm, problems: tuple[Problem, ...] = ()) -> str:
    learner = learner_by_id(db.session(), named.learner_id)
    return render_template("learners/guardian_page.html", form=form, problems=problems, named=named,
                           text=text_in_force(db.session(), GUARDIAN, now()),
                           learner=mask_name(learner.called) if learner else "")
