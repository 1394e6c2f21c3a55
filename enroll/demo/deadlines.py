"""The next moment at which something falls due in this database: what “Next deadline” moves the demo's clock to."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from enroll.applications.lifecycle import ApplicationState
from enroll.applications.models import Application
from enroll.fees.lifecycle import FeeState
from enroll.fees.models import Fee
from enroll.foundation.words import N_
from enroll.programmes.lifecycle import WindowState
from enroll.programmes.models import Window
from enroll.sittings.models import Sitting

DATES = {
    "opens_at": N_("registration opens"),
    "closes_at": N_("registration closes"),
    "first_review_by": N_("first reviews are due"),
    "correction_closes_at": N_("corrections close"),
    "review_by": N_("reviews are due"),
    "payment_due_at": N_("exam fees are due"),
    "seating_by": N_("rooms and seats are due"),
    "ticket_from": N_("tickets are released"),
    "marking_by": N_("marks are due"),
    "scores_publish_at": N_("results are to be published"),
    "score_review_closes_at": N_("score reviews close"),
    "issuance_review_from": N_("issuance reviews begin"),
    "roster_to_issuer_by": N_("the roster goes to the issuing body"),
}
CORRECTION, PAYMENT = N_("a correction is due"), N_("a payment is due")
BEGINS, ENDS = N_("a sitting begins"), N_("a sitting ends")
# Just past the moment itself: half-open ends are over then, and jobs have something to do.
JUST_AFTER = timedelta(minutes=1)


@dataclass(frozen=True)
class Deadline:
    """What happens, to which record, when (aware UTC)."""

    at: datetime
    what: str
    reference: str


def next_deadline(session: Session, now: datetime) -> Deadline | None:
    """The earliest of all dates ahead, in one statement."""
    parts = [
        select(getattr(Window, name), literal(words), Window.code)
        .where(Window.state == WindowState.PUBLISHED, getattr(Window, name) > now)
        for name, words in DATES.items()
    ]
    parts.append(
        select(Application.correct_by, literal(CORRECTION), Application.reference)
        .where(Application.state == ApplicationState.RETURNED, Application.correct_by > now)
    )
    parts.append(
        select(Fee.due_at, literal(PAYMENT), Fee.reference)
        .where(Fee.state.in_([FeeState.DUE, FeeState.PART_PAID]), Fee.due_at > now)
    )
    for column, words in ((Sitting.starts_at, BEGINS), (Sitting.ends_at, ENDS)):
        parts.append(select(column, literal(words), Sitting.code).where(column > now, Sitting.taken > 0))
    rows = session.execute(union_all(*parts)).all()
    found = [Deadline(at, what, reference) for at, what, reference in rows]
    return min(found, key=lambda one: (one.at, one.reference), default=None)
