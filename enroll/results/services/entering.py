"""The first entry of marks, by hand; a file of the issuing body comes through here as well."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.audit.moves import make_move
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NotFound, Refused, problem
from enroll.foundation.words import N_
from enroll.results.lifecycle import RESULT, ResultState
from enroll.results.models import MarkEntry, Result
from enroll.results.queries.facts import entered_in, facts_of, lock_rows, round_of
from enroll.results.rules.rows import RowOutcome, TypedMark, done, refused, skipped
from enroll.sittings.models import Sitting
from enroll.storage.database import lock, transaction

HAND = "hand"
UNKNOWN_ROW = problem("unknown_row", N_("This row does not belong to the sitting."))
MOVED_ON = problem("moved_on", N_("Somebody else changed this row in the meantime; look at it again."))


def sitting_id_of(session: Session, code: str) -> int:
    found = session.scalar(select(Sitting.id).where(Sitting.code == code))
    if found is None:
        raise NotFound(code)
    return found


def enter_marks(
    sitting_code: str, typed: Sequence[TypedMark], *, by: Actor, now: datetime, source: str = HAND
) -> list[RowOutcome]:
    """Enter marks as the first of two people, row by row: what can be entered is, the rest says why not.

    Until the second entry, a mark may be entered over; every entry stays on file. `source` is "hand" or the SHA-256 of
    the issuing body's file. No mark is written anywhere but into the entry: the second person must not come across it.
    """
    with transaction() as session:
        rows = lock_rows(session, sitting_id_of(session, sitting_code), [one.reference for one in typed])
        return [_enter(session, rows.get(one.reference), one, source, by, now) for one in typed]


def take_back_entry(reference: str, *, by: Actor, now: datetime, reason: str) -> None:
    """Take one's entry back while nobody has checked it. Raises Refused."""
    with transaction() as session:
        row = lock(session, Result, Result.reference == reference)
        take_back(session, row, by=by, now=now, reason=reason)


def take_back(session: Session, row: Result, *, by: Actor, now: datetime, reason: str) -> None:
    make_move(session, RESULT, row, "take_back", by=by, now=now, facts=facts_of(row), reason=reason)
    row.entry_round, row.source = row.entry_round + 1, HAND


def _enter(
    session: Session, row: Result | None, typed: TypedMark, source: str, by: Actor, now: datetime
) -> RowOutcome:
    if row is None:
        return refused(typed.reference, UNKNOWN_ROW)
    last = round_of(row).first
    if row.state == ResultState.ENTERED and last is not None and (
        (last.made_by_id, last.source, entered_in(last)) == (by.account_id, source, typed.entered)
    ):
        return skipped(typed.reference)
    if typed.seen_version is not None and typed.seen_version != row.version:
        return refused(typed.reference, MOVED_ON)
    try:
        make_move(session, RESULT, row, "enter", by=by, now=now, facts=facts_of(row), source=source)
    except Refused as no:
        return refused(typed.reference, *no.problems)
    add_entry(row, 1, typed, source, by, now)
    row.source = HAND if source == HAND else "body"
    return done(typed.reference)


def add_entry(
    row: Result, number: int, typed: TypedMark, source: str, by: Actor, now: datetime, reason: str = ""
) -> None:
    assert by.account_id is not None, "marks are entered by people"
    row.entries.append(MarkEntry(
        entry_round=row.entry_round, entry_no=number, mark=typed.entered.mark, verdict=typed.entered.verdict,
        made_by_id=by.account_id, made_at=now, source=source, reason=reason,
    ))
