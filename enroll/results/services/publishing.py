"""Locking a sitting's results, and publishing a window's: one act, everybody or nobody."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.audit import services as audit
from enroll.audit.moves import expect_version, make_move
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.programmes.models import Window
from enroll.results.events import OutcomePublished, ResultsPublished
from enroll.results.lifecycle import RESULT, ResultState
from enroll.results.models import Publication, Result
from enroll.results.queries.facts import WITH_ALL, entered_in, facts_of, outcome_rules, round_of
from enroll.results.queries.progress import publication_facts, publication_of, sitting_progress
from enroll.results.rules.checks import SittingProgress, against_publishing
from enroll.results.rules.verdicts import Entered, OutcomeRules, Verdict, verdict_of
from enroll.results.services.outcomes import write_outcomes
from enroll.sittings.models import Sitting
from enroll.storage import outbox
from enroll.storage.database import lock, transaction


def lock_sitting(code: str, *, by: Actor, now: datetime) -> int:
    """Lock the results of a sitting once everybody has an outcome and no difference is open; gives how many rows."""
    with transaction() as session:
        sitting = lock(session, Sitting, Sitting.code == code)
        rows = _rows(session, sitting.id, ResultState.CHECKED)
        progress = sitting_progress(session, sitting)
        if not progress.may_be_locked:
            raise Refused(_not_lockable(progress))
        for row in rows:
            make_move(session, RESULT, row, "lock", by=by, now=now, facts=facts_of(row, complete=True))
        return len(rows)


def unlock_sitting(code: str, *, by: Actor, now: datetime, reason: str) -> int:
    """Open a locked sitting again before publication, with the reason; gives how many rows."""
    with transaction() as session:
        sitting = lock(session, Sitting, Sitting.code == code)
        rows = _rows(session, sitting.id, ResultState.LOCKED)
        if not rows:
            raise Refused(problem("nothing_locked", N_("Nothing is locked in this sitting.")))
        for row in rows:
            make_move(session, RESULT, row, "unlock", by=by, now=now, facts=facts_of(row), reason=reason)
        return len(rows)


def publish_results(window_code: str, *, by: Actor, now: datetime) -> int:
    """Publish all results of a window in one transaction: the publication, every result and every outcome, or nothing.
    Gives the number of results. Raises Refused with every reason: before its time, a sitting not locked."""
    if not by.may(Permission.PUBLISH_RESULTS):
        raise Refused(NOT_PERMITTED)
    with transaction() as session:
        window = lock(session, Window, Window.code == window_code)
        rows = _rows_of_window(session, window)  # under their locks before anything is counted
        problems = against_publishing(publication_facts(session, window, now))
        if problems:
            raise Refused(problems)
        rules = outcome_rules(session, window)
        assert by.account_id is not None, "results are published by a person"
        session.add(Publication(window_id=window.id, published_at=now, published_by_id=by.account_id,
                                results=len(rows)))
        for row in rows:
            if row.state == ResultState.LOCKED:
                row.verdict = row.verdict or str(_verdict(row, rules))
                make_move(session, RESULT, row, "publish", by=by, now=now, facts=facts_of(row))
        for outcome in write_outcomes(session, window, rules, rows, now):
            outbox.record(session, OutcomePublished(outcome.learner_id, window.code, outcome.id), now)
        outbox.record(session, ResultsPublished(window.code), now)
        audit.record(session, "results.publish", window.code, by=by, now=now, results=len(rows))
        return len(rows)


def void_result(
    reference: str, *, by: Actor, now: datetime, reason: str, seen_version: int | None = None
) -> None:
    """Declare a result void, before or after publication; after it the learner's outcome is computed again."""
    with transaction() as session:
        row = lock(session, Result, Result.reference == reference)
        expect_version(row, seen_version)
        make_move(session, RESULT, row, "void", by=by, now=now, facts=facts_of(row), reason=reason)
        row.verdict = str(Verdict.VOID)
        if publication_of(session, row.booking.window_id) is not None:
            compute_again(session, row.booking.window, row.learner_id, now)


def compute_again(session: Session, window: Window, learner_id: int, now: datetime) -> None:
    """A published outcome after a correction: a new row, and new rows for later windows that counted a part of it."""
    session.flush()
    later = session.scalars(
        select(Window).join(Publication, Publication.window_id == Window.id)
        .where(Window.programme_id == window.programme_id, Window.code >= window.code).order_by(Window.code)
    ).all()
    for one in later:
        rows = _rows_of_window(session, one, learner_id)
        for outcome in write_outcomes(session, one, outcome_rules(session, one), rows, now):
            outbox.record(session, OutcomePublished(learner_id, one.code, outcome.id), now)


def _verdict(row: Result, rules: OutcomeRules) -> Verdict:
    now = round_of(row)
    stands = entered_in(now.decision or now.second or now.first) or Entered(row.mark)
    return verdict_of(Entered(row.mark, stands.verdict), rules.pass_marks[row.booking.part])


def _rows(session: Session, sitting_id: int, state: ResultState) -> list[Result]:
    wanted = select(Result).where(Result.sitting_id == sitting_id, Result.state == state).options(*WITH_ALL)
    return list(session.scalars(
        wanted.order_by(Result.id).with_for_update(of=Result).execution_options(populate_existing=True)
    ))


def _rows_of_window(session: Session, window: Window, learner_id: int | None = None) -> list[Result]:
    """What a publication is about: each booking's result in force, under its lock."""
    wanted = select(Result).join(Sitting, Sitting.id == Result.sitting_id).where(
        Sitting.window_id == window.id, Result.state != ResultState.SUPERSEDED
    )
    if learner_id is not None:
        wanted = wanted.where(Result.learner_id == learner_id)
    return list(session.scalars(
        wanted.options(*WITH_ALL).order_by(Result.id).with_for_update(of=Result)
        .execution_options(populate_existing=True)
    ))


def _not_lockable(progress: SittingProgress) -> Problem:
    if not progress.total:
        return problem("nothing_to_lock", N_("Nobody sat here, so there is nothing to lock."))
    if progress.is_locked:
        return problem("already_locked", N_("This sitting is locked already."))
    return problem("incomplete", N_("Some results of this sitting are not checked yet."))
