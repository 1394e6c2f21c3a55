"""The one writer of the ledger."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.audit.services import record as note_act
from enroll.enrolments.models import Enrolment
from enroll.foundation.actor import Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import REASON_MISSING, NotFound, Refused
from enroll.hours.events import EntryReversed
from enroll.hours.models import WATCHED, HoursBalance, LedgerEntry, Source, UncountedTime
from enroll.hours.queries.ledger import is_reversed, watched_minutes_on
from enroll.hours.rules.crediting import Credit, NotCounted, ReversalFacts, may_be_reversed, within_cap
from enroll.hours.services.balances import add_to, balance_under_lock
from enroll.hours.services.proofs import issue_if_due
from enroll.storage import outbox
from enroll.storage.database import lock, transaction


def credit(
    enrolment_id: int, what: Credit, *, by: Actor, now: datetime, reason: str = "", second_person_id: int | None = None
) -> int:
    """Write one ledger row, with the balance, and the proof where it completes the hours: all or nothing.

    Gives the minutes credited: fewer than asked for above the day's limit, 0 for a source key that was credited before.
    """
    return credit_all(enrolment_id, [what], by=by, now=now, reason=reason, second_person_id=second_person_id)[0]


def credit_all(
    enrolment_id: int, credits: Sequence[Credit], *, by: Actor, now: datetime, reason: str = "",
    second_person_id: int | None = None, as_they_ended: bool = False, maker_id: int | None = None,
) -> list[int]:
    """The same for several rows of one enrolment under one lock; gives the minutes credited for each, in order.

    `as_they_ended` records each row at its own end, for study that is played back; otherwise all are recorded now.
    `maker_id` is who entered what `by` has approved.
    """
    with transaction() as session:
        balance = balance_under_lock(session, enrolment_id)
        enrolment = session.get_one(Enrolment, enrolment_id)
        writer = _Writer(session, enrolment, balance, None if as_they_ended else now, reason, second_person_id,
                         maker_id or by.account_id)
        written = writer.write(credits)
        session.flush()
        issue_if_due(session, enrolment, balance, now=now)
        return written


def note_uncounted(session: Session, enrolment_id: int, seen: Sequence[NotCounted], now: datetime) -> None:
    """Keep what the server saw and did not count, with its reason, in the open transaction; the learner sees it."""
    session.add_all(
        UncountedTime(enrolment_id=enrolment_id, session_token=one.session_token, lesson_code=one.lesson_code,
                      title=one.title, reason=one.reason, seconds=min(one.seconds, 86_400), happened_at=now)
        for one in seen if one.seconds > 0
    )


def hold_still(session: Session, enrolment_id: int) -> None:
    """Let nobody take minutes back until the open transaction ends: what is decided by them is decided by those that
    stand then. In the order of locks it comes after the record and before the seats."""
    lock(session, Enrolment, Enrolment.id == enrolment_id)


def reverse(enrolment_id: int, entry_id: int, *, by: Actor, now: datetime, reason: str) -> int:
    """Take a ledger entry back by a row of the opposite sign; gives the number of that row.

    Raises NotFound, and Refused: without a reason, for one's own hours, a second time, or for a reversal.
    """
    with transaction() as session:
        enrolment = lock(session, Enrolment, Enrolment.id == enrolment_id)
        balance = balance_under_lock(session, enrolment_id)
        entry = session.get(LedgerEntry, entry_id)
        if entry is None or entry.enrolment_id != enrolment_id:
            raise NotFound("LedgerEntry")
        facts = ReversalFacts(enrolment.learner.account_id, entry.source == Source.REVERSAL,
                              is_reversed(session, entry.id), balance.minutes - entry.minutes)
        problems = [*may_be_reversed(facts, by), *([] if reason.strip() else [REASON_MISSING])]
        if problems:
            raise Refused(problems)
        reversal = _opposite(entry, by, now, reason)
        session.add(reversal)
        add_to(balance, reversal, now)
        session.flush()
        outbox.record(session, EntryReversed(enrolment.learner_id, enrolment_id, entry.lesson_code, entry.minutes,
                                             reason), now)
        note_act(session, "hours.reverse", enrolment.reference, by=by, now=now, learner_id=enrolment.learner_id,
                 entry=entry.id, minutes=entry.minutes, lesson=entry.lesson_code, reason=reason)
        return reversal.id


class _Writer:
    """Writes the rows of one enrolment while its balance is locked."""

    def __init__(self, session: Session, enrolment: Enrolment, balance: HoursBalance,
                 now: datetime | None, reason: str, second_person_id: int | None, maker_id: int | None):
        self.session, self.enrolment, self.balance = session, enrolment, balance
        self.maker_id, self.now, self.reason, self.second_person_id = maker_id, now, reason, second_person_id

    def write(self, credits: Sequence[Credit]) -> list[int]:
        known = set(self.session.scalars(
            select(LedgerEntry.source_key).where(LedgerEntry.source_key.in_([one.source_key for one in credits]))
        ))
        watched = [local_day(one.ended_at) for one in credits if one.source in WATCHED]
        used = watched_minutes_on(self.session, self.enrolment.id, watched) if watched else {}
        done = []
        for one in credits:
            done.append(0 if one.source_key in known else self._write_within_the_day(one, used))
            known.add(one.source_key)
        return done

    def _write_within_the_day(self, one: Credit, used: dict[date, int]) -> int:
        minutes, day = one.minutes, local_day(one.ended_at)
        if one.source in WATCHED:
            minutes, over = within_cap(one.minutes, used.get(day, 0), self.enrolment.demands.most_minutes_a_day)
            used[day] = used.get(day, 0) + minutes
            if over:
                self._note_over(one, over)
        if minutes > 0:
            entry = self._entry(one, minutes)
            self.session.add(entry)
            add_to(self.balance, entry, one.ended_at)
        return minutes

    def _note_over(self, one: Credit, minutes: int) -> None:
        token = one.source_key.split(":")[1] if one.source == Source.LESSON else ""
        seen = NotCounted(one.lesson_code, one.title, "over_daily_cap", minutes * 60, token)
        note_uncounted(self.session, self.enrolment.id, [seen], self.now or one.ended_at)

    def _entry(self, one: Credit, minutes: int) -> LedgerEntry:
        return LedgerEntry(
            enrolment_id=self.enrolment.id, source=one.source, source_key=one.source_key, section=one.section,
            kind=one.kind, course_code=one.course_code, course_title=one.course_title, lesson_code=one.lesson_code,
            title=one.title, started_at=one.started_at, ended_at=one.ended_at, local_day=local_day(one.ended_at),
            seconds_observed=one.seconds_observed, minutes=minutes, recorded_at=self.now or one.ended_at,
            recorded_by_id=self.maker_id, second_person_id=self.second_person_id, reason=self.reason,
        )


def _opposite(entry: LedgerEntry, by: Actor, now: datetime, reason: str) -> LedgerEntry:
    return LedgerEntry(
        enrolment_id=entry.enrolment_id, source=Source.REVERSAL, source_key=f"reversal:{entry.id}",
        section=entry.section, kind=entry.kind, course_code=entry.course_code, course_title=entry.course_title,
        lesson_code=entry.lesson_code, title=entry.title, started_at=entry.started_at, ended_at=entry.ended_at,
        local_day=entry.local_day, seconds_observed=0, minutes=-entry.minutes, reverses_id=entry.id, recorded_at=now,
        recorded_by_id=by.account_id, reason=reason,
    )
