"""One's adviser, a call back, what may be sent by itself, and the learning record."""

from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.courses.lifecycle import PRACTICE_WORK
from enroll.documents.pdf import render
from enroll.foundation.problems import Refused
from enroll.hours.queries.standing import my_enrolment
from enroll.hours.rules.crediting import KINDS, SECTIONS, SOURCES
from enroll.learners.models import Learner
from enroll.programmes.queries.programmes import organisation
from enroll.storage.database import db
from enroll.supervision.forms import CallForm, ChoiceForm
from enroll.supervision.lifecycle import CONTACT, LEARNER_QUESTION
from enroll.supervision.queries import following as queries
from enroll.supervision.queries.record import LearningRecord, learning_record
from enroll.supervision.queries.sending import choice_of, nudges_of
from enroll.supervision.rules.record import record_values
from enroll.supervision.rules.reminding import KIND_NAMES
from enroll.supervision.services.following import ask_for_call
from enroll.supervision.services.sending import choose_reminders
from enroll.web.access import requires
from enroll.web.downloads import send_bytes
from enroll.web.moments import now
from enroll.web.once import once

supervision = Blueprint("supervision", __name__)


@supervision.get("/adviser")
@requires(Permission.LEARN)
def adviser() -> Any:
    return _page(CallForm())


@supervision.post("/adviser/call")
@requires(Permission.LEARN)
def call() -> Any:
    form = CallForm()
    if not form.validate():
        return _page(form), 422

    def act() -> str:
        ask_for_call(form.wish.data or "", by=current_user.actor, now=now())
        return url_for("supervision.adviser")

    try:
        answer = once(form, act)
    except Refused as refused:
        return _page(form, form.show_problems(refused.problems)), 409
    flash(_("Your adviser has it on the list and calls you back."), "ok")
    return answer


@supervision.get("/account/reminders")
@requires(Permission.LEARN)
def reminders() -> Any:
    choice = choice_of(db.session(), _me().id)
    form = ChoiceForm(formdata=None, reminders=not (choice and choice.reminders_off_at),
                      summary=not (choice and choice.summary_off_at))
    return render_template("supervision/reminders.html", form=form)


@supervision.post("/account/reminders")
@requires(Permission.LEARN)
def choose() -> Any:
    form, _learner = ChoiceForm(), _me()
    form.validate()

    def act() -> str:
        choose_reminders(reminders=form.reminders.data, summary=form.summary.data, by=current_user.actor, now=now())
        return url_for("supervision.reminders")

    answer = once(form, act)
    flash(_("Saved."), "ok")
    return answer


@supervision.get("/study/record")
@requires(Permission.LEARN)
def record() -> Any:
    kept = _record()
    if kept is None:
        return render_template("courses/not_enrolled.html")
    return render_template("supervision/record.html", record=kept, layout="layout/learner.html", sources=SOURCES,
                           kinds=KINDS, sections=SECTIONS, lifecycle=LEARNER_QUESTION, works=PRACTICE_WORK,
                           pdf=url_for("supervision.record_pdf"))


@supervision.get("/study/record.pdf")
@requires(Permission.LEARN)
def record_pdf() -> Any:
    return record_as_pdf(_record() or abort(404))


def record_as_pdf(kept: LearningRecord) -> Response:
    """The record as a document, made when it is asked for: it is no proof and bears no number."""
    house = organisation(db.session())
    partner = (house.name, house.code) if house else ("", "")
    values = record_values(kept, partner, now(), demo=bool(current_app.config["DEMO"]))
    content = render("learning", values, dated=now())
    return send_bytes(content, media_type="application/pdf", name=f"{_('Learning record')}.pdf")


def _record() -> LearningRecord | None:
    enrolment = my_enrolment(db.session(), current_user.account_id)
    return learning_record(db.session(), enrolment, current_user.account_id) if enrolment else None


def _page(form: CallForm, problems: Any = ()) -> str:
    session, me = db.session(), _me()
    contacts = queries.contacts_of(session, me.id, at_most=10)
    return render_template(
        "supervision/adviser.html", adviser=queries.my_adviser(session, me.id), form=form, problems=problems,
        contacts=contacts, lifecycle=CONTACT, nudges=nudges_of(session, me.id, at_most=10), kinds=KIND_NAMES,
        waits=any(one.asked_by_learner and one.state == "planned" for one in contacts),
    )


def _me() -> Learner:
    return queries.learner_of_account(db.session(), current_user.account_id) or abort(404)
