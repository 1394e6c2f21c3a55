"""What is sent to learners: an adviser's nudges, one by one refused or sent; reminders and summaries, once a week; and
what somebody does not want."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.audit import services as audit
from enroll.enrolments.lifecycle import EnrolmentState
from enroll.enrolments.models import Enrolment
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.problems import NOT_PERMITTED, OWN_RECORD, Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.learners.models import Learner
from enroll.storage import outbox
from enroll.storage.database import lock, transaction
from enroll.supervision.events import NudgeSent
from enroll.supervision.models import Nudge, ReminderChoice
from enroll.supervision.queries.sending import choice_of, nudged_since, was_sent
from enroll.supervision.rules.reminding import NudgeKind, is_quiet

PAUSE = timedelta(days=2)  # between two nudges of advisers to one learner
MOST_AT_ONCE = 200
NUDGED_LATELY = problem("nudged_lately", N_("Nudged in the last two days already."))
NOT_STUDYING = problem("not_studying", N_("Does not study at the moment."))
NOBODY = problem("nobody_chosen", N_("Choose somebody first."))
TOO_MANY = problem("too_many_chosen", N_("At most %(most)d at once."), most=MOST_AT_ONCE)


@dataclass(frozen=True)
class Letter:
    """What one learner is sent, worded in their language; `endpoint` and `place` are the page it leads to."""

    learner_reference: str
    subject: str
    text: str
    template: str = ""
    endpoint: str = "courses.study"
    place: str = ""


@dataclass(frozen=True)
class Sent:
    """What became of one letter of many."""

    learner_reference: str
    problem: Problem | None = None


def send_nudges(letters: Sequence[Letter], *, by: Actor, now: datetime) -> list[Sent]:
    """Send each letter that may be sent now, and say of each what became of it. Raises Refused for none at all."""
    if not by.may(Permission.FOLLOW_LEARNERS):
        raise Refused(NOT_PERMITTED)
    if not letters or len(letters) > MOST_AT_ONCE:
        raise Refused(TOO_MANY if letters else NOBODY)
    with transaction() as session:
        # In one order, so that two advisers who nudge the same people wait for each other and not in a circle.
        in_order = sorted(letters, key=lambda one: one.learner_reference)
        return [_send_one(session, letter, by, now) for letter in in_order]


def send_reminder(enrolment_id: int, week: str, letter: Letter | None, *, now: datetime) -> bool:
    """Remind somebody of their next step, once a week; without a letter the week's look is noted and nothing sent.
    Whether something was sent."""
    kind = NudgeKind.REMINDER if letter else NudgeKind.LOOKED
    return _send_by_itself(enrolment_id, f"reminder:{week}", kind, letter, now)


def send_summary(enrolment_id: int, week: str, letter: Letter, *, now: datetime) -> bool:
    """Send the week's summary, once a week. Whether it was sent."""
    return _send_by_itself(enrolment_id, f"summary:{week}", NudgeKind.SUMMARY, letter, now)


def choose_reminders(*, reminders: bool, summary: bool, by: Actor, now: datetime) -> None:
    """Switch what is sent by itself on or off, for oneself."""
    with transaction() as session:
        learner = lock(session, Learner, Learner.account_id == by.account_id)
        choice = choice_of(session, learner.id)
        if choice is None:
            choice = ReminderChoice(learner_id=learner.id)
            session.add(choice)
        choice.reminders_off_at = None if reminders else choice.reminders_off_at or now
        choice.summary_off_at = None if summary else choice.summary_off_at or now
        audit.record(session, "supervision.choose_reminders", learner.reference, by=by, now=now, learner_id=learner.id,
                     reminders=reminders, summary=summary)


def _send_one(session: Session, letter: Letter, by: Actor, now: datetime) -> Sent:
    learner = lock(session, Learner, Learner.reference == letter.learner_reference)
    enrolment = _active(session, learner.id)
    against = (
        OWN_RECORD if learner.account_id == by.account_id
        else NOT_STUDYING if enrolment is None
        else NUDGED_LATELY if nudged_since(session, [learner.id], now - PAUSE)
        else None
    )
    if against is not None or enrolment is None:
        return Sent(letter.learner_reference, against)
    _write(session, enrolment, NudgeKind.ADVISER, f"adviser:{now.isoformat()}", letter, by, now)
    audit.record(session, "supervision.nudge", learner.reference, by=by, now=now, learner_id=learner.id,
                 template=letter.template)
    return Sent(letter.learner_reference)


def _send_by_itself(
    enrolment_id: int, key: str, kind: NudgeKind, letter: Letter | None, now: datetime
) -> bool:
    if is_quiet(now):
        return False
    with transaction() as session:
        enrolment = lock(session, Enrolment, Enrolment.id == enrolment_id)
        choice = choice_of(session, enrolment.learner_id)
        off = choice and (choice.summary_off_at if kind == NudgeKind.SUMMARY else choice.reminders_off_at)
        if off or enrolment.state != EnrolmentState.ACTIVE or was_sent(session, enrolment.id, key):
            return False
        _write(session, enrolment, kind, key, letter or Letter("", "", ""), SYSTEM, now)
        return kind != NudgeKind.LOOKED


def _write(
    session: Session, enrolment: Enrolment, kind: NudgeKind, key: str, letter: Letter, by: Actor, now: datetime
) -> None:
    nudge = Nudge(enrolment_id=enrolment.id, learner_id=enrolment.learner_id, kind=str(kind), key=key,
                  template=letter.template, subject=letter.subject[:200], text=letter.text, endpoint=letter.endpoint,
                  place=letter.place, sent_at=now, sent_by_id=by.account_id, sent_by_name=by.name)
    session.add(nudge)
    session.flush()
    if kind != NudgeKind.LOOKED:
        outbox.record(session, NudgeSent(nudge.id, enrolment.learner_id), now)


def _active(session: Session, learner_id: int) -> Enrolment | None:
    wanted = select(Enrolment).where(Enrolment.learner_id == learner_id, Enrolment.state == EnrolmentState.ACTIVE)
    return session.scalar(wanted.order_by(Enrolment.id.desc()).limit(1))
