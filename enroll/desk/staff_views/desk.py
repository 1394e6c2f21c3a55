"""The staff front page, learners' whole files, and the audit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, abort, current_app, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.applications.lifecycle import APPLICATION
from enroll.audit.models import OnePersonAct
from enroll.audit.queries import acts_on_learner, counted_alone, done_alone_since
from enroll.certificates.lifecycle import CERTIFICATE
from enroll.courses.lifecycle import PRACTICE_WORK
from enroll.desk.queries import audit, learners
from enroll.desk.queries.waiting import MOST_COUNTED, QueueCount, Waiting, counts, due_first
from enroll.desk.rules.acts import words_of_act
from enroll.enrolments.lifecycle import ENROLMENT
from enroll.fees.lifecycle import FEE
from enroll.foundation.clock import local_day
from enroll.foundation.masking import mask_name
from enroll.foundation.words import N_, Words, say
from enroll.hours.lifecycle import PROOF
from enroll.learners.lifecycle import IDENTITY_CHECK
from enroll.learners.rules.behalf import ASKED_NAMES
from enroll.programmes.queries.windows import working_calendar
from enroll.sittings.lifecycle import BOOKING
from enroll.storage.database import db
from enroll.storage.paging import page_by_id
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number, outside_url
from enroll.web.language import show_moment, translate
from enroll.web.moments import now

WATCHES, A_YEAR = (Permission.SEE_AUDIT, Permission.LEAD_REVIEW), timedelta(days=365)
pages = Blueprint("desk", __name__, url_prefix="/staff")

# Which page works on a queue. Learners' numbers stand beside each.
PLACES = {
    "identities": (N_("Identities to check"), "staff_identities.index"),
    "hours": (N_("Minutes in doubt"), "hours_staff.queue"),
    "hours_disputes": (N_("Disputed time"), "hours_staff.dispute_queue"),
    "hours_claims": (N_("Hours claimed"), "hours_staff.claim_queue"),
    "hours_adjustments": (N_("Entries that wait for a second person"), "hours_staff.adjustment_queue"),
    "hours_anomalies": (N_("Unusual study"), "hours_staff.anomaly_list"),
    "practical": (N_("Practice assignments"), "courses_staff.practical"),
    "applications": (N_("Applications to review"), "applications_staff.queue"),
    "second_opinions": (N_("Second opinions asked for"), "applications_staff.second_opinions"),
    "spot_checks": (N_("Approvals to look at again"), "applications_staff.spot_check_list"),
    "spot_checks_doubted": (N_("Spot checks for the lead"), "applications_staff.spot_check_list"),
    "rule_exceptions": (N_("Exceptions to decide"), "applications_staff.exceptions"),
    "fees": (N_("Fees due"), "fees_staff.queue"),
    "refunds": (N_("Refunds"), "fees_staff.refunds"),
    "admission": (N_("Attendance to record"), "admission_staff.days"),
    "excuses": (N_("Requests to be excused"), "excuses_staff.queue"),
    "incidents": (N_("Incidents to decide"), "incidents_staff.queue"),
    "results": (N_("Marks to enter"), "results_staff.overview"),
    "results_check": (N_("Marks to check"), "results_staff.overview"),
    "score_reviews": (N_("Score reviews"), "results_staff.score_reviews"),
    "certificates": (N_("Issuance reviews"), "certificates_staff.queue"),
    "exchange": (N_("To report to the issuing body"), "exchange_staff.batches"),
    "learner_questions": (N_("Questions of learners"), "qa_staff.queue"),
    "corrections": (N_("Corrections to decide"), "corrections_staff.queue"),
    "recoveries": (N_("Lost sign-ins"), "recovery_staff.queue"),
    "complaints": (N_("Complaints"), "complaints_staff.queue"),
    "supervision": (N_("Contacts planned"), "supervision_staff.contacts"),
}
# The page of one case, and the name by which its address takes what the queue says. A refund is a card of its list.
CASES = {
    "identities": ("staff_identities.show", "reference"),
    "hours": ("hours_staff.doubt", "reference"),
    "hours_disputes": ("hours_staff.dispute", "reference"),
    "hours_claims": ("hours_staff.claim", "reference"),
    "hours_adjustments": ("hours_staff.adjustment", "reference"),
    "hours_anomalies": ("hours_staff.anomaly", "reference"),
    "practical": ("courses_staff.show", "reference"),
    "applications": ("applications_staff.case", "reference"),
    "second_opinions": ("applications_staff.among_colleagues", "reference"),
    "spot_checks": ("applications_staff.spot_check", "check"),
    "spot_checks_doubted": ("applications_staff.spot_check", "check"),
    "rule_exceptions": ("applications_staff.rule_exception", "proposal"),
    "fees": ("fees_staff.show", "reference"),
    "refunds": ("fees_staff.refunds", "_anchor"),
    "admission": ("admission_staff.sitting", "code"),
    "excuses": ("excuses_staff.show", "reference"),
    "incidents": ("incidents_staff.show", "reference"),
    "results": ("results_staff.enter", "code"),
    "results_check": ("results_staff.check", "code"),
    "score_reviews": ("results_staff.score_review", "reference"),
    "certificates": ("certificates_staff.show", "reference"),
    "exchange": ("certificates_staff.show", "reference"),
    "learner_questions": ("qa_staff.show", "reference"),
    "corrections": ("corrections_staff.show", "reference"),
    "recoveries": ("recovery_staff.show", "reference"),
    "complaints": ("complaints_staff.show", "reference"),
    "supervision": ("supervision_staff.learner", "reference"),
}
LABELS = {
    "application": APPLICATION, "booking": BOOKING, "fee": FEE, "certificate": CERTIFICATE, "enrolment": ENROLMENT,
    "work": PRACTICE_WORK, "check": IDENTITY_CHECK, "proof": PROOF,
}  # fmt: skip


@dataclass(frozen=True)
class QueueCard:
    label: str
    href: str
    number: str
    hot: bool


@dataclass(frozen=True)
class TimelineEntry:
    title: Words
    at: datetime
    who: str
    note: str
    kind: str = ""


@pages.get("")
@requires(Permission.SEE_DESK)
def home() -> Any:
    session, actor, moment = db.session(), current_user.actor, now()
    calendar = working_calendar(session)
    counted = counts(session, actor, moment, calendar)
    cards = sorted((_card(count) for key, count in counted.items() if _served(key)), key=lambda card: not card.hot)
    first = [one for one in due_first(session, actor, moment, calendar) if _served(one.key)]
    notice = _group_notice(first)
    watches = any(actor.may(one) for one in WATCHES)
    return render_template(
        "desk/home.html", alone=counted_alone(session, moment - A_YEAR) if watches else 0,
        cards=cards, first=first[:12], places=PLACES, notice=notice, mask=mask_name,
        address=_address_of, days_left=lambda at: (local_day(at) - local_day(moment)).days,
    )


@pages.get("/learners")
@requires(Permission.SEE_LEARNERS)
def learner_list() -> Any:
    text = asked("q")
    page = learners.find_learners(db.session(), text, after=asked_number("after"))
    return render_template("desk/learners.html", page=page, q=text, identity=IDENTITY_CHECK)


@pages.get("/learners/<ref:reference>")
@requires(Permission.SEE_LEARNERS)
def learner(reference: str) -> Any:
    session = db.session()
    found = learners.learner_file(session, reference, now()) or abort(404)
    entries = [
        TimelineEntry(
            words_of_act(act.act),
            act.at,
            act.actor_name,
            " · ".join(part for part in (act.subject, _on_behalf(act.details), _by_one_person(act.details)) if part),
        )
        for act in acts_on_learner(session, found.learner.id, at_most=60)
    ]
    return render_template("desk/learner.html", file=found, entries=entries, labels=LABELS,
                           may_act=current_user.actor.may(Permission.ACT_FOR_LEARNERS),
                           may_except=current_user.actor.may(Permission.LEAD_REVIEW))


@pages.get("/one-person")
@requires(*WATCHES)
def one_person() -> Any:
    """What one person did for two, newest first; the office's own count of its exception."""
    session, since = db.session(), now() - A_YEAR
    page = page_by_id(session, done_alone_since(since), OnePersonAct.id, after=asked_number("after"))
    return render_template("desk/one_person.html", page=page, words_of_act=words_of_act,
                           total=counted_alone(session, since))


@pages.get("/audit")
@requires(Permission.SEE_AUDIT)
def audit_log() -> Any:
    session = db.session()
    filters = {"subject": asked("subject").upper(), "actor_name": asked("who"), "act": asked("act")}
    page = audit.acts(session, after=asked_number("after"), **filters)
    people, kinds = audit.people_and_acts(session)
    return render_template(
        "desk/audit.html", page=page, filters=filters, people=people, kinds=kinds, words_of_act=words_of_act
    )


def _by_one_person(details: Mapping[str, Any]) -> str:
    """The reason of an act, and that it was one person's where two are asked for."""
    reason = str(details.get("reason") or "")
    return _("by one person, because: %(reason)s", reason=reason) if details.get("by_one_person") else reason


def _on_behalf(details: Mapping[str, Any]) -> str:
    """That the learner asked a member of staff for it, how, and why."""
    told = details.get("behalf")
    if not told:
        return ""
    return str(_("on behalf of %(of)s (%(how)s): %(reason)s", of=told["of"], reason=told["reason"],
                 how=translate(say(ASKED_NAMES[told["asked_by"]]))))


def _served(key: str) -> bool:
    return PLACES[key][1] in current_app.view_functions


def _address_of(waiting: Waiting) -> str:
    """The page on which this very case is decided."""
    endpoint, carries = CASES[waiting.key]
    return url_for(endpoint, **{carries: waiting.page})  # type: ignore[arg-type]


def _card(count: QueueCount) -> QueueCard:
    title, endpoint = PLACES[count.key]
    number = f"{MOST_COUNTED}+" if count.number >= MOST_COUNTED else str(count.number)
    return QueueCard(translate(say(title)), url_for(endpoint), number, count.hot)


def _group_notice(waiting: list[Waiting]) -> str:
    """A text for the staff's chat group: masked names, what is due, by when, where."""
    if not waiting:
        return ""
    lines = [
        _("%(number)s. %(queue)s: %(name)s (%(reference)s), by %(moment)s", number=number, name=mask_name(one.name),
          queue=translate(say(PLACES[one.key][0])), reference=one.reference, moment=show_moment(one.at))
        + (_(" (overdue)") if one.hot else "")
        for number, one in enumerate(waiting[:12], 1)
    ]
    return "\n".join([_("What is due first (%(moment)s)", moment=show_moment(now())), *lines, outside_url("desk.home")])
