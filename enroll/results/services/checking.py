"""The second entry, made without sight of the first; the difference, decided by a third person."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from enroll.audit.moves import expect_version, make_move
from enroll.foundation.actor import Actor
from enroll.foundation.problems import Refused
from enroll.results.lifecycle import RESULT
from enroll.results.models import Result
from enroll.results.queries.facts import entered_in, facts_of, lock_rows, round_of
from enroll.results.queries.sampling import import_check
from enroll.results.rules.rows import RowOutcome, TypedMark, done, refused
from enroll.results.rules.sampling import sample_is_clean
from enroll.results.rules.verdicts import Entered
from enroll.results.services.entering import HAND, UNKNOWN_ROW, add_entry, sitting_id_of
from enroll.storage.database import lock, transaction


def check_marks(
    sitting_code: str, typed: Sequence[TypedMark], *, by: Actor, now: datetime, reason: str = ""
) -> list[RowOutcome]:
    """Key marks again as the second person, row by row. The same mark makes a row checked, another one makes it a
    difference, which only a third person can end. What is answered never tells the first entry. `reason`: why the
    person who made the first entry keys it again, where they may act alone."""
    with transaction() as session:
        rows = lock_rows(session, sitting_id_of(session, sitting_code), [one.reference for one in typed])
        return [_check(rows.get(one.reference), session, one, by, now, reason) for one in typed]


def _check(
    row: Result | None, session: Session, typed: TypedMark, by: Actor, now: datetime, reason: str
) -> RowOutcome:
    if row is None:
        return refused(typed.reference, UNKNOWN_ROW)
    agrees = entered_in(round_of(row).first) == typed.entered
    facts = facts_of(row, second=typed.entered)
    try:
        make_move(session, RESULT, row, "agree" if agrees else "differ", by=by, now=now, facts=facts,
                  reason=reason)
    except Refused as no:
        return refused(typed.reference, *no.problems)
    add_entry(row, 2, typed, HAND, by, now)
    if agrees:
        _stands(row, typed.entered)
    return done(typed.reference)


def decide_difference(
    reference: str, entered: Entered, *, by: Actor, now: datetime, reason: str, seen_version: int | None = None
) -> None:
    """A third person looks at both entries and the source, and decides, with the reason. Raises Refused, Stale."""
    with transaction() as session:
        row = lock(session, Result, Result.reference == reference)
        expect_version(row, seen_version)
        make_move(session, RESULT, row, "decide", by=by, now=now, facts=facts_of(row), reason=reason)
        add_entry(row, 3, TypedMark(reference, entered), HAND, by, now, reason)
        _stands(row, entered)


def accept_rest(digest: str, *, by: Actor, now: datetime, reason: str = "") -> int:
    """Accept what the sample did not draw, of one file of the issuing body; gives how many rows. Raises Refused while
    marks that must be checked are not, or once one of them differed."""
    with transaction() as session:
        check = import_check(session, digest, now, locked=True)
        facts, rest = check.sample, check.rest
        stands_against = sample_is_clean(facts)
        if stands_against is not None:
            raise Refused(stands_against)
        for row in rest:
            make_move(session, RESULT, row, "accept", by=by, now=now, facts=facts_of(row, sample=facts), source=digest,
                      reason=reason, checked=len(check.required))
            first = entered_in(round_of(row).first)
            assert first is not None, "an entered result has a first entry"
            _stands(row, first)
        return len(rest)


def _stands(row: Result, entered: Entered) -> None:
    row.mark, row.verdict = entered.mark, entered.verdict
