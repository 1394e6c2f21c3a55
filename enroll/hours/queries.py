"""Reading the ledger, the balance, doubts and proofs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session, joinedload

from enroll.enrolments.lifecycle import EnrolmentState
from enroll.enrolments.models import Enrolment
from enroll.enrolments.queries.enrolments import enrolments_of
from enroll.foundation.clock import local_day
from enroll.hours.lifecycle import DoubtState, ProofState
from enroll.hours.models import (
    WATCHED,
    DoubtMove,
    HoursBalance,
    HoursDoubt,
    HoursProof,
    LedgerEntry,
    ProofMove,
    UncountedTime,
)
from enroll.hours.rules.pace import WindowDates
from enroll.hours.rules.proof import CourseSum, LedgerRow, ledger_digest
from enroll.hours.rules.standing import Totals, directions_complete
from enroll.learners.lifecycle import CheckKind, CheckState
from enroll.learners.models import IdentityCheck
from enroll.programmes.lifecycle import WindowState
from enroll.programmes.models import Window


@dataclass(frozen=True)
class Balance:
    """Credited minutes of one enrolment, as its ledger adds up to."""

    totals: Totals = field(default_factory=Totals)
    last_credit_at: datetime | None = None

    @property
    def minutes(self) -> int:
        return self.totals.minutes

    @property
    def practice_minutes(self) -> int:
        return self.totals.practice


def totals_of(row: HoursBalance) -> Totals:
    return Totals(row.minutes, row.practice_minutes, row.by_course)


def balance(session: Session, enrolment_id: int) -> Balance:
    """The running sums, kept in the crediting transactions; nothing credited yet is zero."""
    row = session.get(HoursBalance, enrolment_id)
    return Balance() if row is None else Balance(totals_of(row), row.last_credit_at)


@dataclass(frozen=True)
class ProofGround:
    """What a proof rests on: the balance, whether the identity is verified, and the newest proof there is."""

    balance: Balance
    identity_verified: bool
    newest: HoursProof | None


def proof_ground(session: Session, enrolment: Enrolment) -> ProofGround:
    """Asked in one statement, because the pages about hours need all of it."""
    newest = select(func.max(HoursProof.id)).where(HoursProof.enrolment_id == enrolment.id).scalar_subquery()
    row, proof, verified = session.execute(
        select(HoursBalance, HoursProof, _verified(enrolment.learner_id).exists()).select_from(Enrolment)
        .outerjoin(HoursBalance, HoursBalance.enrolment_id == Enrolment.id)
        .outerjoin(HoursProof, HoursProof.id == newest)
        .where(Enrolment.id == enrolment.id)
    ).one()
    return ProofGround(Balance() if row is None else Balance(totals_of(row), row.last_credit_at), verified, proof)


def minutes_credited(session: Session, enrolment_id: int) -> int:
    return session.scalar(select(HoursBalance.minutes).where(HoursBalance.enrolment_id == enrolment_id)) or 0


def pending(session: Session, enrolment_id: int) -> Totals:
    """Minutes that wait for a decision about a doubt. Practical work that is handed in is known to courses, which adds
    it in its own `pending`."""
    return minutes_in_doubt(doubts_of(session, enrolment_id))


def minutes_in_doubt(doubts: Iterable[HoursDoubt]) -> Totals:
    """Those of the doubts that are open."""
    waiting = Totals()
    for one in doubts:
        if one.state == DoubtState.OPEN:
            practice = one.minutes if one.entry["kind"] == "practice" else 0
            waiting = waiting.and_also(Totals(one.minutes, practice, {one.entry["course_code"]: one.minutes}))
    return waiting


def pending_minutes(session: Session, enrolment_id: int) -> int:
    return pending(session, enrolment_id).minutes


def complete_directions(session: Session, enrolment: Enrolment) -> tuple[str, ...]:
    """The codes of the directions this enrolment has completed."""
    return directions_complete(enrolment.demands, balance(session, enrolment.id).totals)


def my_enrolment(session: Session, account_id: int) -> Enrolment | None:
    """The enrolment somebody studies on: the live one, else the newest that was not withdrawn."""
    return next((one for one in enrolments_of(session, account_id) if one.state != EnrolmentState.WITHDRAWN), None)


# The ledger, and what was not counted.

def ledger_of(enrolment_id: int) -> Select[LedgerEntry]:
    return select(LedgerEntry).where(LedgerEntry.enrolment_id == enrolment_id)


def uncounted_of(enrolment_id: int) -> Select[UncountedTime]:
    return select(UncountedTime).where(UncountedTime.enrolment_id == enrolment_id)


def shown_ledger_of(enrolment_id: int) -> Select[LedgerEntry]:
    """Each entry with the one that took it back, if any."""
    return ledger_of(enrolment_id).options(joinedload(LedgerEntry.reversed_by))


def entry_of(session: Session, enrolment_id: int, entry_id: int) -> LedgerEntry | None:
    return session.scalar(shown_ledger_of(enrolment_id).where(LedgerEntry.id == entry_id))


def is_reversed(session: Session, entry_id: int) -> bool:
    return session.scalar(select(LedgerEntry.id).where(LedgerEntry.reverses_id == entry_id)) is not None


def course_sums(session: Session, enrolment_id: int) -> tuple[CourseSum, ...]:
    """Credited minutes by course, under the newest title each was credited with; general courses first."""
    wanted = (
        select(LedgerEntry.course_code, func.max(LedgerEntry.course_title), LedgerEntry.section, LedgerEntry.kind,
               func.sum(LedgerEntry.minutes))
        .where(LedgerEntry.enrolment_id == enrolment_id)
        .group_by(LedgerEntry.course_code, LedgerEntry.section, LedgerEntry.kind)
    )
    return sums_by_course(session.execute(wanted))


def sums_by_course(parts: Iterable[Any]) -> tuple[CourseSum, ...]:
    """The same of sums at hand: (course code, its title, section, kind, minutes), any number of them a course."""
    rows: dict[str, tuple[str, str, dict[str, int]]] = {}
    for code, title, section, kind, minutes in parts:
        kinds = rows.setdefault(code, (title, section, {}))[2]
        kinds[kind] = kinds.get(kind, 0) + int(minutes)
    return tuple(
        CourseSum(code, title, section, kinds.get("knowledge", 0), kinds.get("practice", 0))
        for code, (title, section, kinds) in sorted(rows.items(), key=lambda one: (one[1][1] != "general", one[0]))
    )


def watched_minutes_on(session: Session, enrolment_id: int, days: Sequence[date]) -> dict[date, int]:
    """Minutes credited on each of these local days for time the server kept: what the day's limit looks at."""
    wanted = (
        select(LedgerEntry.local_day, func.sum(LedgerEntry.minutes))
        .where(LedgerEntry.enrolment_id == enrolment_id, LedgerEntry.local_day.in_(days),
               LedgerEntry.source.in_(WATCHED))
        .group_by(LedgerEntry.local_day)
    )
    return {day: int(minutes) for day, minutes in session.execute(wanted)}


def minutes_lately(session: Session, enrolment_id: int, first: date, today: date) -> tuple[int, int]:
    """Minutes credited for study from the local day `first` on; and those of `today` that the day's limit looks at."""
    watched = (LedgerEntry.local_day == today) & LedgerEntry.source.in_(WATCHED)
    wanted = select(func.sum(LedgerEntry.minutes), func.sum(case((watched, LedgerEntry.minutes), else_=0))).where(
        LedgerEntry.enrolment_id == enrolment_id, LedgerEntry.local_day >= first
    )
    lately, counted_today = session.execute(wanted).one()
    return int(lately or 0), int(counted_today or 0)


def open_windows(session: Session, programme_id: int, now: datetime) -> tuple[WindowDates, ...]:
    """The published windows whose applications are not closed yet, earliest first. The last day of a half-open end is
    the day its last moment lies on."""
    wanted = select(Window).where(
        Window.programme_id == programme_id, Window.state == WindowState.PUBLISHED, Window.closes_at > now
    )
    return tuple(
        WindowDates(window.code, local_day(window.closes_at - timedelta(microseconds=1)))
        for window in session.scalars(wanted.order_by(Window.closes_at))
    )


# Doubts.

def doubts(state: str) -> Select[HoursDoubt]:
    whole = joinedload(HoursDoubt.enrolment).joinedload(Enrolment.learner)
    return select(HoursDoubt).where(HoursDoubt.state == state).options(whole)


def decided_doubts() -> Select[HoursDoubt]:
    whole = joinedload(HoursDoubt.enrolment).joinedload(Enrolment.learner)
    return select(HoursDoubt).where(HoursDoubt.state != DoubtState.OPEN).options(whole)


def doubts_of(session: Session, enrolment_id: int) -> Sequence[HoursDoubt]:
    wanted = select(HoursDoubt).where(HoursDoubt.enrolment_id == enrolment_id).order_by(HoursDoubt.id.desc())
    return session.scalars(wanted).all()


def doubt_by_reference(session: Session, reference: str) -> HoursDoubt | None:
    whole = joinedload(HoursDoubt.enrolment).joinedload(Enrolment.learner)
    return session.scalar(select(HoursDoubt).where(HoursDoubt.reference == reference).options(whole))


def waiting_doubts(session: Session) -> int:
    """How many wait for a decision, of all learners."""
    return session.scalar(select(func.count(HoursDoubt.id)).where(HoursDoubt.state == DoubtState.OPEN)) or 0


def doubt_history(session: Session, number: int) -> Sequence[DoubtMove]:
    return session.scalars(select(DoubtMove).where(DoubtMove.record_id == number).order_by(DoubtMove.id.desc())).all()


def open_doubts(session: Session, enrolment_id: int) -> int:
    wanted = select(func.count(HoursDoubt.id)).where(
        HoursDoubt.enrolment_id == enrolment_id, HoursDoubt.state == DoubtState.OPEN
    )
    return session.scalar(wanted) or 0


# Proofs.

def active_proof(session: Session, enrolment_id: int) -> HoursProof | None:
    """The proof in force; None before it is issued and after it is revoked."""
    return session.scalar(select(HoursProof).where(
        HoursProof.enrolment_id == enrolment_id, HoursProof.state == ProofState.ISSUED
    ))


def newest_proof(session: Session, enrolment_id: int) -> HoursProof | None:
    wanted = select(HoursProof).where(HoursProof.enrolment_id == enrolment_id)
    return session.scalar(wanted.order_by(HoursProof.id.desc()).limit(1))


def proof_by_reference(session: Session, reference: str) -> HoursProof | None:
    whole = joinedload(HoursProof.enrolment).joinedload(Enrolment.learner)
    return session.scalar(select(HoursProof).where(HoursProof.reference == reference).options(whole))


def proof_by_token(session: Session, token: str) -> HoursProof | None:
    """For the public page: whoever holds the document's QR code may ask whether it is in force."""
    return session.scalar(select(HoursProof).where(HoursProof.token == token))


def proofs(state: str = "") -> Select[HoursProof]:
    whole = joinedload(HoursProof.enrolment).joinedload(Enrolment.learner)
    wanted = select(HoursProof).options(whole)
    return wanted.where(HoursProof.state == state) if state else wanted


def proof_history(session: Session, number: int) -> Sequence[ProofMove]:
    return session.scalars(select(ProofMove).where(ProofMove.record_id == number).order_by(ProofMove.id.desc())).all()


def why_revoked(session: Session, proof_id: int) -> str:
    wanted = select(ProofMove.reason).where(ProofMove.record_id == proof_id, ProofMove.move == "revoke")
    return session.scalar(wanted) or ""


def identity_is_verified(session: Session, learner_id: int) -> bool:
    return session.scalar(_verified(learner_id)) is not None


def _verified(learner_id: int) -> Select[int]:
    return select(IdentityCheck.id).where(
        IdentityCheck.learner_id == learner_id, IdentityCheck.kind == CheckKind.IDENTITY,
        IdentityCheck.state == CheckState.VERIFIED,
    )


def ledger_rows(session: Session, enrolment_id: int, *, until: int | None = None) -> tuple[LedgerRow, ...]:
    """The rows a proof rests on, up to and including entry `until`."""
    wanted = ledger_of(enrolment_id)
    if until is not None:
        wanted = wanted.where(LedgerEntry.id <= until)
    return tuple(
        LedgerRow(one.id, one.source_key, one.kind, one.course_code, one.lesson_code, one.started_at, one.ended_at,
                  one.minutes)
        for one in session.scalars(wanted.order_by(LedgerEntry.id))
    )


# For the doctor: adding up again.

def recompute(session: Session) -> Iterator[str]:
    """Every balance that its ledger does not add up to, and every proof whose rows are not those it was issued on."""
    yield from _wrong_balances(session)
    for proof in session.scalars(select(HoursProof)).all():
        rows = ledger_rows(session, proof.enrolment_id, until=proof.last_entry_id)
        if ledger_digest(rows) != proof.ledger_digest:
            yield f"proof {proof.reference}: its ledger rows are not those it was issued on"
        if sum(row.minutes for row in rows) != proof.minutes:
            yield f"proof {proof.reference}: its rows do not add up to {proof.minutes} minutes"


def _wrong_balances(session: Session) -> Iterator[str]:
    wanted = select(LedgerEntry.enrolment_id, LedgerEntry.kind, LedgerEntry.course_code, func.sum(LedgerEntry.minutes))
    added: dict[int, Totals] = {}
    grouped = wanted.group_by(LedgerEntry.enrolment_id, LedgerEntry.kind, LedgerEntry.course_code)
    for enrolment_id, kind, course, minutes in session.execute(grouped):
        one = Totals(int(minutes), int(minutes) if kind == "practice" else 0, {course: int(minutes)})
        added[enrolment_id] = added.get(enrolment_id, Totals()).and_also(one)
    for row in session.scalars(select(HoursBalance)):
        expected = added.pop(row.enrolment_id, Totals())
        if totals_of(row) != Totals(expected.minutes, expected.practice, {**expected.by_course}):
            yield f"balance of enrolment {row.enrolment_id} says {row.minutes}, its ledger {expected.minutes}"
    for enrolment_id, totals in added.items():
        if totals.minutes:
            yield f"enrolment {enrolment_id} has {totals.minutes} minutes in its ledger and no balance"
