"""An adviser's learners: who needs them, one learner at a time, contacts, nudges with a preview nobody skips."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.courses.lifecycle import PRACTICE_WORK
from enroll.foundation.clock import local_day
from enroll.foundation.masking import mask_name
from enroll.foundation.problems import Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.hours.rules.crediting import KINDS, SECTIONS, SOURCES
from enroll.programmes.rules.working_days import days_left
from enroll.storage.database import db
from enroll.supervision.forms import ContactForm
from enroll.supervision.lifecycle import CONTACT, LEARNER_QUESTION
from enroll.supervision.models import Contact
from enroll.supervision.queries import following as queries
from enroll.supervision.queries.record import learning_record
from enroll.supervision.queries.sending import nudged_since, nudges_of
from enroll.supervision.rules.following import OUTCOME_NAMES, Channel, Outcome
from enroll.supervision.rules.reminding import KIND_NAMES, NUDGES, nudge_words
from enroll.supervision.rules.risk import RISK_NAMES
from enroll.supervision.services import following as services
from enroll.supervision.services.sending import MOST_AT_ONCE, NUDGED_LATELY, PAUSE, Letter, Sent, send_nudges
from enroll.supervision.views.own import record_as_pdf
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number, outside_url
from enroll.web.forms import ActForm
from enroll.web.language import in_language, show_day, translate
from enroll.web.moments import now
from enroll.web.notices import group_notice
from enroll.web.once import once

staff = Blueprint("supervision_staff", __name__, url_prefix="/staff/supervision")
PAGE = 40
NO_WORDS = problem("no_words", N_("This text does not fit: nothing to name for this learner."))
LOOK_AGAIN = problem("look_again", N_("Something changed since you looked: read the texts again, then send them."))


@dataclass(frozen=True)
class Proposed:
    """A letter before it is sent, or the reason why there is none."""

    row: queries.FollowedRow
    letter: Letter | None
    against: Problem | None = None


@staff.get("")
@requires(Permission.FOLLOW_LEARNERS)
def index() -> Any:
    whose, cohort, risk = _asked_list()
    session, page = db.session(), asked_number("page", low=1, high=100) or 1
    adviser = None if whose == "all" else current_user.account_id
    rows = queries.followed(session, now(), adviser_id=adviser, cohort=cohort)
    counts = {kind: sum(kind in {found.kind for found in row.risks} for row in rows) for kind in RISK_NAMES}
    shown = [row for row in rows if not risk or risk in {found.kind for found in row.risks}]
    part = shown[(page - 1) * PAGE:page * PAGE]
    return render_template(
        "supervision/staff/learners.html", rows=part, number=len(shown), whose=whose, cohort=cohort, risk=risk,
        cohorts=queries.cohorts_advised(session, adviser), page=page, more=len(shown) > page * PAGE,
        risks=[(str(kind), translate(name), counts[kind]) for kind, name in RISK_NAMES.items()],
        templates=[(code, translate(words[0])) for code, words in NUDGES.items()], notice=_notice(part),
        followed=len(rows),
    )


@staff.get("/contacts")
@requires(Permission.FOLLOW_LEARNERS)
def contacts() -> Any:
    whose = "all" if asked("whose") == "all" else "mine"
    page = queries.contacts_planned(db.session(), after=asked_number("after"),
                                    adviser_id=None if whose == "all" else current_user.account_id)
    rows = [(one.learner.called, one.adviser.name, one.due_at) for one in page.rows]
    return render_template("supervision/staff/contacts.html", page=page, whose=whose, days_left=_days_left,
                           notice=group_notice(_("Contacts planned, %(day)s:"), rows, "supervision_staff.contacts"))


@staff.get("/nudges")
@requires(Permission.FOLLOW_LEARNERS)
def preview() -> Any:
    """Every text as it would arrive, and how many: nothing is sent that nobody has read."""
    return _preview(request.args.getlist("who"), asked("template"))


@staff.post("/nudges")
@requires(Permission.FOLLOW_LEARNERS)
def send() -> Any:
    form, template = ActForm(), request.form.get("template", "")
    who = request.form.getlist("who")
    form.validate()
    proposed = _proposed(who, template)
    letters = [one.letter for one in proposed if one.letter]
    if request.form.get("seen") != _digest(letters):
        return _preview(who, template, problems=[LOOK_AGAIN]), 409
    outcome: list[Sent] = []

    def act() -> str:
        outcome.extend(send_nudges(letters, by=current_user.actor, now=now()))
        return url_for("supervision_staff.index")

    try:
        answer = once(form, act)
    except Refused as refused:
        return _preview(who, template, problems=refused.problems), 409
    done = sum(one.problem is None for one in outcome)
    flash(ngettext("%(num)s message sent.", "%(num)s messages sent.", done), "ok" if done else "warn")
    return answer


@staff.get("/<ref:reference>")
@requires(Permission.FOLLOW_LEARNERS)
def learner(reference: str) -> Any:
    return _page(reference, ContactForm(formdata=None))


@staff.get("/<ref:reference>/record")
@requires(Permission.FOLLOW_LEARNERS)
def record(reference: str) -> Any:
    kept = _record(reference)
    return render_template("supervision/record.html", record=kept, layout="layout/staff.html", sources=SOURCES,
                           kinds=KINDS, sections=SECTIONS, lifecycle=LEARNER_QUESTION, works=PRACTICE_WORK,
                           pdf=url_for("supervision_staff.record_pdf", reference=reference))


@staff.get("/<ref:reference>/record.pdf")
@requires(Permission.FOLLOW_LEARNERS)
def record_pdf(reference: str) -> Any:
    return record_as_pdf(_record(reference))


@staff.post("/<ref:reference>/contacts")
@requires(Permission.FOLLOW_LEARNERS)
def log(reference: str) -> Any:
    form = ContactForm()
    return _act(reference, form, lambda: services.log_contact(
        reference, _talk(form), by=current_user.actor, now=now()), _("Noted."))


@staff.post("/contacts/<ref:reference>/finish")
@requires(Permission.FOLLOW_LEARNERS)
def finish(reference: str) -> Any:
    form, contact = ContactForm(), _contact(reference)
    return _act(contact.learner.reference, form, lambda: services.finish_contact(
        reference, _talk(form), by=current_user.actor, now=now(), version=form.seen_version), _("Noted."))


@staff.post("/contacts/<ref:reference>/miss")
@requires(Permission.FOLLOW_LEARNERS)
def miss(reference: str) -> Any:
    form, contact = ContactForm(), _contact(reference)
    return _act(contact.learner.reference, form, lambda: services.miss_contact(
        reference, form.next_on.data, by=current_user.actor, now=now(), version=form.seen_version),
        _("Noted: not reached."))


def _act(learner_reference: str, form: ContactForm, act: Callable[[], object], done: str) -> Any:
    if not form.validate():
        return _page(learner_reference, form), 422

    def press() -> str:
        act()
        return url_for("supervision_staff.learner", reference=learner_reference)

    try:
        answer = once(form, press)
    except Refused as refused:
        return _page(learner_reference, form, form.show_problems(refused.problems)), 409
    flash(done, "ok")
    return answer


def _talk(form: ContactForm) -> services.Talk:
    next_on: date | None = form.next_on.data
    return services.Talk(Channel(form.channel.data), Outcome(form.outcome.data), form.note.data or "", next_on)


def _page(reference: str, form: ContactForm, problems: Any = ()) -> Any:
    session = db.session()
    person = queries.learner_by_reference(session, reference) or abort(404)
    found = queries.contacts_of(session, person.id)
    planned = min((one for one in found if one.state == "planned"), key=lambda one: one.due_at, default=None)
    form.version.data = str(planned.version) if planned else ""
    row = queries.followed_learner(session, reference, now())
    return render_template(
        "supervision/staff/learner.html", learner=person, row=row, contacts=found, planned=planned, form=form,
        problems=problems, lifecycle=CONTACT, outcomes=OUTCOME_NAMES, nudges=nudges_of(session, person.id),
        kinds=KIND_NAMES, risk_names=RISK_NAMES, days_left=_days_left,
        templates=[(code, translate(words[0])) for code, words in NUDGES.items()],
    )


def _record(reference: str) -> Any:
    session = db.session()
    person = queries.learner_by_reference(session, reference) or abort(404)
    enrolment = queries.newest_enrolment(session, person.id) or abort(404)
    return learning_record(session, enrolment, person.account_id)


def _preview(who: list[str], template: str, *, problems: Any = ()) -> Any:
    if template not in NUDGES:
        template = next(iter(NUDGES))
    proposed = _proposed(who, template)
    letters = [one.letter for one in proposed if one.letter]
    return render_template(
        "supervision/staff/nudges.html", proposed=proposed, template=template, problems=problems, who=who,
        number=len(letters), seen=_digest(letters), act_form=ActForm(formdata=None),
        templates=[(code, translate(words[0])) for code, words in NUDGES.items()],
    )


def _proposed(who: list[str], template: str) -> list[Proposed]:
    """A letter for each chosen learner, in the learner's own language, or why there is none."""
    if template not in NUDGES:
        abort(400)
    session = db.session()
    rows = queries.followed(session, now(), references=[one for one in who if len(one) <= 20][:MOST_AT_ONCE])
    lately = nudged_since(session, [row.learner.id for row in rows], now() - PAUSE)
    return [_propose(row, template, row.learner.id in lately) for row in rows]


def _propose(row: queries.FollowedRow, template: str, lately: bool) -> Proposed:
    words = nudge_words(template, row.nudge_facts)
    if lately or words is None:
        return Proposed(row, None, NUDGED_LATELY if lately else NO_WORDS)
    with in_language(row.learner.account.language):
        letter = Letter(row.learner.reference, translate(words.subject), translate(words.text), template)
    return Proposed(row, letter)


def _digest(letters: list[Letter]) -> str:
    whole = "\n".join(f"{one.learner_reference}\t{one.subject}\t{one.text}" for one in letters)
    return sha256(whole.encode()).hexdigest()


def _asked_list() -> tuple[str, str, str]:
    risk = asked("risk")
    return "all" if asked("whose") == "all" else "mine", asked("cohort"), risk if risk in set(RISK_NAMES) else ""


def _days_left(moment: datetime) -> int:
    return days_left(moment, now())


def _contact(reference: str) -> Contact:
    return queries.contact_by_reference(db.session(), reference) or abort(404)


def _notice(rows: list[queries.FollowedRow]) -> str:
    """For the group of a cohort's teachers: masked names, what is up, and the link."""
    lines = [f"{mask_name(row.learner.called)} {translate(row.risks[0].words)}" for row in rows if row.risks][:10]
    if not lines:
        return ""
    head = _("Learners to look after, %(day)s:", day=show_day(local_day(now())))
    return "\n".join([head, *lines, outside_url("supervision_staff.index")])
