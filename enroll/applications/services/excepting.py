"""Exceptions to rules of entry: proposed by a lead, decided by a second person, for one learner and one window."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.applications.queries.excepting import studies_for
from enroll.audit.moves import begin, expect_version, make_move
from enroll.enrolments.events import ExceptionGranted
from enroll.enrolments.lifecycle import EXCEPTION_STANDS, RULE_EXCEPTION
from enroll.enrolments.models import RuleException
from enroll.enrolments.rules import Exceptable, ExceptionFacts
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, OWN_RECORD, REASON_MISSING, Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.learners.models import Learner
from enroll.programmes.lifecycle import WindowState
from enroll.programmes.models import Window
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction


def propose_exception(
    learner: str, window: str, rule: Exceptable, reason: str, *, by: Actor, now: datetime
) -> str:
    """Propose that a rule does not bind the learner (by reference) in a window (by code); gives the proposal's
    reference. Nothing changes until somebody else has granted it. Raises Refused with everything against it."""
    with transaction() as session:
        person = session.scalar(select(Learner).where(Learner.reference.in_([learner, learner.upper()])))
        of = session.scalar(select(Window).where(Window.code == window))
        if person is not None:
            lock(session, Learner, Learner.id == person.id)  # two who propose the same at once: one is told
        against = _against(session, person, of, rule, reason, by, now)
        if against:
            raise Refused(against)
        assert person is not None, "it stands against it"
        assert of is not None, "it stands against it"
        assert by.account_id is not None, "leads are people"
        record = RuleException(
            reference=next_reference(session, "LW"), learner_id=person.id, window_id=of.id, rule=str(rule),
            reason=reason.strip(), proposed_at=now, proposed_by_id=by.account_id)
        begin(session, RULE_EXCEPTION, record, by=by, now=now, window=window, rule=str(rule))
        return record.reference


def decide_exception(
    reference: str, move: str, *, reason: str = "", by: Actor, now: datetime, seen_version: int | None = None
) -> None:
    """Grant, refuse or withdraw a proposal. A granted one counts from now on wherever the rule is asked, and cannot be
    undone: an application that rests on it is decided by whoever reviews it."""
    with transaction() as session:
        record = lock(session, RuleException, RuleException.reference == reference)
        expect_version(record, seen_version)
        facts = ExceptionFacts(record.learner.account_id, record.proposed_by_id)
        if move != "withdraw":
            # Named before the move: the database demands a decider of what is granted.
            record.decided_at, record.decided_by_id, record.words = now, by.account_id, reason.strip()
        with session.no_autoflush:
            make_move(session, RULE_EXCEPTION, record, move, by=by, now=now, facts=facts, reason=reason)
        if move == "grant":
            outbox.record(session, ExceptionGranted(record.learner_id, reference), now)


def _against(
    session: Session, person: Learner | None, window: Window | None, rule: Exceptable, reason: str, by: Actor,
    now: datetime,
) -> list[Problem]:
    if not by.may(Permission.LEAD_REVIEW):
        return [NOT_PERMITTED]
    found = [] if person else [problem("learner_unknown", N_("No learner has this number."), field="learner")]
    if window is None or window.state != WindowState.PUBLISHED or window.seating_by <= now:
        found.append(problem("window_unknown", N_("Choose a window whose seats are not assigned yet."), field="window"))
    if not reason.strip():
        found.append(REASON_MISSING)
    if person is None or window is None:
        return found
    if person.account_id == by.account_id:
        found.append(OWN_RECORD)
    if not studies_for(session, person.id, window):
        found.append(problem("not_enrolled", N_("This learner is not enrolled on the programme of the window."),
                             field="learner"))
    stands = select(RuleException.reference).where(
        RuleException.learner_id == person.id, RuleException.window_id == window.id, RuleException.rule == str(rule),
        RuleException.state.in_(EXCEPTION_STANDS))
    if (other := session.scalar(stands)) is not None:
        found.append(problem("exception_stands", N_("There is one already: %(reference)s."), reference=other))
    return found
