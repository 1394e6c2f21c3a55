"""What is done without anybody pressing: deadlines that pass, and news of other packages. Every job may run twice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from enroll.applications.queries import due
from enroll.applications.queries.outages import outage_by_reference, still_to_do
from enroll.applications.services.extending import follow_dates
from enroll.applications.services.finding import look_over
from enroll.applications.services.leaving import cancel_with_window
from enroll.applications.services.outages import give_time_back, seat_is_gone
from enroll.applications.services.reviewing import approve_resit
from enroll.applications.services.sampling import draw_spot_check
from enroll.applications.services.seating import lapse_unseated
from enroll.applications.services.settling import confirm_bookings, lapse, revive, set_flag, warn
from enroll.foundation.actor import SYSTEM
from enroll.foundation.problems import NotFound, Refused
from enroll.learners.rules.texts import COMMITMENT, SENSITIVE_ID, SHARE_ISSUER
from enroll.storage.database import again_if_crowded, db, let_go
from enroll.storage.outbox import Happened

RESTS_ON_DATES = {
    "correction_closes_at", "payment_due_at", "payment_latest_at", "resit_correction_closes_at",
    "resit_payment_due_at",
}
PROOF_REVOKED, CONSENT_WITHDRAWN = "proof_revoked", "consent_withdrawn"  # codes of flags; staff read their words
NEEDED_CONSENTS = {SENSITIVE_ID, SHARE_ISSUER, COMMITMENT}


@dataclass(frozen=True)
class Done:
    """How many applications an act was done for, and how many turned out not to be due when asked again."""

    done: int = 0
    left_alone: int = 0


def lapse_due(now: datetime) -> Done:
    """Let everything lapse whose deadline has passed at `now`: drafts, corrections, payments. The worker runs it, and
    the demo's "next deadline"."""
    overdue = _each(_asked(due.to_lapse(db.session(), now)), lambda reference: lapse(reference, now=now))
    unseated = _each(_asked(due.unseated(db.session(), now)), lambda reference: lapse_unseated(reference, now=now))
    return Done(overdue.done + unseated.done, overdue.left_alone + unseated.left_alone)


def warn_of_deadlines(now: datetime) -> Done:
    """One working day and three hours before a correction or a payment is due, each once."""
    return _each(_asked(due.to_warn(db.session(), now)), lambda reference: warn(reference, now=now))


def when_fee_settled(happened: Happened, now: datetime) -> None:
    """FeeSettled: 报名成功. A fee of another subject, or of an application that lapsed, is none of ours."""
    try:
        confirm_bookings(happened.event.subject, now=now)
    except NotFound:
        return


def when_payment_late(happened: Happened, now: datetime) -> None:
    """PaymentCameLate: where every seat is still free, the application that lapsed unpaid takes them again; else the
    money waits for finance. Asked before anybody is told, so that the letter says what became of it."""
    event = happened.event
    try:
        again_if_crowded(lambda: revive(event.subject, event.payment_id, now=now))
    except (NotFound, Refused):
        return


def when_proof_revoked(happened: Happened, now: datetime) -> None:
    """ProofRevoked: whoever applied with it is looked at by a lead; the learner's page does not change."""
    for reference in _asked(due.resting_on_proof(db.session(), happened.event.reference)):
        set_flag(reference, PROOF_REVOKED, by=SYSTEM, now=now)


def when_consent_withdrawn(happened: Happened, now: datetime) -> None:
    """ConsentWithdrawn: nothing is approved without it any more; a lead talks to the learner about what there is."""
    if happened.event.code in NEEDED_CONSENTS:
        for reference in _asked(due.live_of(db.session(), happened.event.learner_id)):
            set_flag(reference, CONSENT_WITHDRAWN, by=SYSTEM, now=now)


def when_window_moved(happened: Happened, now: datetime) -> None:
    """WindowMoved: a cancelled window takes its applications with it."""
    if happened.event.move == "cancel":
        _each(_asked(due.live_in_window(db.session(), happened.event.code)),
              lambda reference: cancel_with_window(reference, now=now))


def when_window_date_moved(happened: Happened, now: datetime) -> None:
    """WindowDateMoved: deadlines that rest on the date follow it."""
    if happened.event.name in RESTS_ON_DATES:
        _each(_asked(due.live_in_window(db.session(), happened.event.code)),
              lambda reference: follow_dates(reference, by=SYSTEM, now=now))


def look_over_submission(happened: Happened, now: datetime) -> None:
    """ApplicationMoved: the program looks over what was handed in, so that the list knows what has exceptions."""
    if happened.event.move in {"submit", "resubmit"}:
        look_over(happened.event.reference, now=now)


def look_over_waiting(now: datetime) -> Done:
    """Every case under review that the program has not looked over yet."""
    return _each(_asked(due.not_looked_over(db.session())), lambda reference: look_over(reference, now=now))


def draw_for_spot_check(happened: Happened, now: datetime) -> None:
    """ApplicationMoved: an approval by a person may be drawn for a second look. Asked once its audit row stands."""
    if happened.event.move == "approve":
        draw_spot_check(happened.event.reference, now=now)


def when_outage_confirmed(happened: Happened, now: datetime) -> None:
    """OutageConfirmed: each person's own deadline, in a transaction of its own; who cannot be brought back is named."""
    session = db.session()
    outage = outage_by_reference(session, happened.event.reference)
    if outage is None:
        return
    fallen, reference = still_to_do(session, outage), outage.reference
    let_go(session)
    for one in fallen:
        try:
            again_if_crowded(lambda one=one: give_time_back(reference, one, now=now))  # type: ignore[misc]
        except Refused:
            again_if_crowded(lambda one=one: seat_is_gone(reference, one, now=now))  # type: ignore[misc]


def when_application_moved(happened: Happened, now: datetime) -> None:
    """ApplicationMoved: a resit whose identity and photo are those of the last exam is approved by itself."""
    if happened.event.move in {"submit", "resubmit"}:
        _each(_asked(due.resit_under_review(db.session(), happened.event.reference)),
              lambda reference: approve_resit(reference, now=now))


def _asked(references: Sequence[str]) -> Sequence[str]:
    """Let go of what was read to find them: each is read afresh under its lock."""
    let_go(db.session())
    return references


def _each(references: Sequence[str], act: Callable[[str], object]) -> Done:
    """Each in a transaction of its own: one that is not due, or was changed meanwhile, holds back nobody else."""
    done = 0
    for reference in references:
        try:
            done += again_if_crowded(lambda one=reference: act(one)) is not False  # type: ignore[misc]
        except Refused:
            continue
    return Done(done, len(references) - done)
