"""What the moves of a result depend on, gathered from its entries."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from enroll.learners.models import Learner
from enroll.programmes.models import Window
from enroll.programmes.queries.programmes import rules_at
from enroll.results.models import MarkEntry, Result
from enroll.results.rules.checks import ResultFacts
from enroll.results.rules.sampling import SampleFacts
from enroll.results.rules.verdicts import Entered, OutcomeRules
from enroll.sittings.lifecycle import Part
from enroll.sittings.models import Booking

WITH_PERSON = joinedload(Result.booking).joinedload(Booking.learner).load_only(Learner.account_id, Learner.legal_name)
WITH_ALL = (WITH_PERSON, selectinload(Result.entries))


@dataclass(frozen=True)
class Round:
    """The entries of a result's present round; the first is the last one a maker gave."""

    first: MarkEntry | None
    second: MarkEntry | None
    decision: MarkEntry | None
    makers: frozenset[int]


def round_of(result: Result) -> Round:
    entries = [one for one in result.entries if one.entry_round == result.entry_round]
    last = {one.entry_no: one for one in entries}
    makers = frozenset(one.made_by_id for one in entries if one.entry_no == 1)
    return Round(last.get(1), last.get(2), last.get(3), makers)


def entered_in(entry: MarkEntry | None) -> Entered | None:
    return None if entry is None else Entered(entry.mark, entry.verdict)


def facts_of(
    result: Result, *, second: Entered | None = None, sample: SampleFacts | None = None, complete: bool = True
) -> ResultFacts:
    """`second` is the entry being made; without one, the entry on file."""
    now = round_of(result)
    return ResultFacts(
        learner_account_id=result.booking.learner.account_id, attendance=result.booking.state,
        first=entered_in(now.first), second=second or entered_in(now.second), makers=now.makers,
        second_by=now.second.made_by_id if now.second else None, involved=involved_in(result), sample=sample,
        complete=complete,
    )


def versions_of(result: Result) -> Iterator[Result]:
    """This version of a result and the ones it replaced, newest first."""
    version: Result | None = result
    while version is not None:
        yield version
        version = version.replaces


def involved_in(result: Result) -> frozenset[int]:
    """Everybody who made, checked or decided the mark, in any round and any version."""
    return frozenset(entry.made_by_id for version in versions_of(result) for entry in version.entries)


def result_by_reference(session: Session, reference: str) -> Result | None:
    return session.scalar(select(Result).where(Result.reference == reference).options(
        *WITH_ALL, joinedload(Result.booking).joinedload(Booking.sitting)))


def lock_rows(session: Session, sitting_id: int, references: Collection[str]) -> dict[str, Result]:
    """These results of a sitting under their locks, taken in one order, read afresh with their entries."""
    wanted = select(Result).where(Result.sitting_id == sitting_id, Result.reference.in_(references))
    found = session.scalars(
        wanted.options(*WITH_ALL).order_by(Result.id).with_for_update(of=Result)
        .execution_options(populate_existing=True)
    )
    return {one.reference: one for one in found}


def results_in_force(session: Session, sitting_id: int) -> Sequence[Result]:
    """Every result of a sitting that was not replaced, in the order of the bookings."""
    wanted = select(Result).where(Result.sitting_id == sitting_id, Result.state != "superseded")
    return session.scalars(wanted.options(*WITH_ALL).order_by(Result.booking_id)).all()


def outcome_rules(session: Session, window: Window) -> OutcomeRules:
    """The window's frozen terms as the rules of outcomes ask for them."""
    terms = window.agreed
    months = rules_at(session, window.programme.code, terms.ruled_on).window_months
    marks = {str(part): terms.pass_marks.of(part) for part in Part}
    return OutcomeRules(marks, terms.pass_marks.full, terms.keep_passed_subject_windows, tuple(months))
