"""How far the check of one file of the issuing body is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from enroll.results.lifecycle import ResultState
from enroll.results.models import MarkCheckPolicy, MarkEntry, Result
from enroll.results.queries.facts import WITH_ALL, entered_in, round_of
from enroll.results.rules.sampling import DEFAULT_POLICY, CheckPolicy, SampleFacts, must_be_checked
from enroll.sittings.models import Booking

BODY = "body"


@dataclass(frozen=True)
class ImportCheck:
    """`required` must be keyed again (references), `unchecked` of these are not yet; `rest` may be accepted once all of
    `required` agreed. `rows` is everything of the file that still counts."""

    rows: Sequence[Result]
    required: frozenset[str]
    unchecked: frozenset[str]
    differing: int

    @property
    def sample(self) -> SampleFacts:
        return SampleFacts(unchecked=len(self.unchecked), differing=self.differing)

    @property
    def rest(self) -> list[Result]:
        return [row for row in self.rows if row.state == ResultState.ENTERED and row.reference not in self.unchecked]


def policy_at(session: Session, now: datetime, source: str = BODY) -> CheckPolicy:
    """The policy of a source as it stands; without one, the figures of the first release."""
    wanted = select(MarkCheckPolicy).where(MarkCheckPolicy.source == source, MarkCheckPolicy.from_at <= now)
    row = session.scalar(wanted.order_by(MarkCheckPolicy.from_at.desc(), MarkCheckPolicy.id.desc()).limit(1))
    if row is None:
        return DEFAULT_POLICY
    return CheckPolicy(row.near_tenths, row.sample_percent, row.sample_at_least)


def policies(session: Session) -> Sequence[MarkCheckPolicy]:
    """Every policy there was, the newest first."""
    return session.scalars(select(MarkCheckPolicy).order_by(MarkCheckPolicy.id.desc()).limit(50)).all()


def import_check(session: Session, digest: str, now: datetime, *, locked: bool = False) -> ImportCheck:
    """The rows whose present first entry came from this file, and which of them somebody must key again."""
    wanted = _of_files([digest])
    if locked:
        wanted = wanted.with_for_update(of=Result).execution_options(populate_existing=True)
    rows = [row for row in session.scalars(wanted).unique() if _is_from(row, digest)]
    return _checked(rows, digest, policy_at(session, now))


def import_checks(session: Session, digests: Collection[str], now: datetime) -> list[ImportCheck]:
    """The same of many files, asked together."""
    if not digests:
        return []
    rows, policy = session.scalars(_of_files(digests)).unique().all(), policy_at(session, now)
    return [_checked([row for row in rows if _is_from(row, digest)], digest, policy) for digest in digests]


def _of_files(digests: Collection[str]) -> Select[Result]:
    of_file = select(MarkEntry.result_id).where(MarkEntry.source.in_(digests))
    whole = joinedload(Result.booking)
    return select(Result).where(Result.id.in_(of_file)).options(
        *WITH_ALL, whole.joinedload(Booking.window), whole.joinedload(Booking.sitting)).order_by(Result.id)


def _is_from(row: Result, digest: str) -> bool:
    first = round_of(row).first
    return row.source == BODY and first is not None and first.source == digest


def _checked(rows: Sequence[Result], digest: str, policy: CheckPolicy) -> ImportCheck:
    entries = {row.reference: round_of(row) for row in rows}
    differing = sum(one.second is not None and entered_in(one.first) != entered_in(one.second)
                    for one in entries.values())
    if differing:
        required = frozenset(entries)
    else:
        marks = {reference: one.first.mark if one.first else None for reference, one in entries.items()}
        passing = {row.reference: row.booking.window.agreed.pass_marks.of(row.booking.part) for row in rows}
        required = must_be_checked(marks, passing, digest, policy)
    waiting = {row.reference for row in rows if row.state == ResultState.ENTERED}
    return ImportCheck(rows, required, required & waiting, differing)
