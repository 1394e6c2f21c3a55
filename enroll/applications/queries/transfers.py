"""Where an application could go on, where it went, and where it came from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session, aliased

from enroll.applications.lifecycle import LIVE, TRANSFERS, ApplicationState
from enroll.applications.models import Application, ApplicationMove, Transfer
from enroll.applications.queries.facts import BEGUN
from enroll.applications.queries.parts import Past, past_of
from enroll.applications.rules.moves import ApplicationFacts
from enroll.applications.rules.transfers import TargetFacts, against_target, transfer_ends
from enroll.foundation.clock import local_day
from enroll.foundation.problems import Problem
from enroll.programmes.lifecycle import WindowState
from enroll.programmes.models import Window
from enroll.programmes.queries.programmes import rules_of
from enroll.programmes.queries.windows import working_calendar
from enroll.sittings.lifecycle import BookingState


@dataclass(frozen=True)
class Target:
    """A later window, and every reason against going on there."""

    window: Window
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Passage:
    """A transfer as the pages of both applications tell it: from which one, to which one, and by when."""

    from_reference: str
    from_window: str
    to_reference: str
    to_window: str
    made_at: datetime


@dataclass(frozen=True)
class Record:
    """What of a learner decides about a transfer: their past, the windows they apply for, and how often in a row the
    present application was transferred by themselves."""

    past: Past
    applied: frozenset[int]
    number: int


def record_of(session: Session, application: Application) -> Record:
    applied = select(Application.window_id, literal(-1)).where(
        Application.learner_id == application.learner_id, Application.programme_id == application.programme_id,
        Application.state.in_(LIVE), Application.id != application.id)
    counted = select(literal(0), Transfer.number).where(Transfer.to_id == application.id)
    rows = session.execute(union_all(applied, counted)).all()
    return Record(past_of(session, application.learner_id), frozenset(window for window, number in rows if number < 0),
                  max((number for _, number in rows if number >= 0), default=0))


def targets_for(session: Session, application: Application, record: Record, now: datetime) -> list[Target]:
    """The published windows of the programme after this one that take applications of this lane or will, the earliest
    first. Before registration opens there, a seat can be taken by a transfer already."""
    wanted = select(Window).where(
        Window.programme_id == application.programme_id, Window.state == WindowState.PUBLISHED,
        Window.starts_on > application.window.starts_on, Window.seating_by > now,
    )
    return [target_in(application, one, record, now) for one in session.scalars(wanted.order_by(Window.starts_on))]


def target_in(application: Application, window: Window, record: Record, now: datetime) -> Target:
    """The same for one window, whichever it is."""
    return Target(window, _against(application, window, record.past, record.applied, now))


def transfer_facts(
    session: Session, application: Application, record: Record, now: datetime, *, by_office: bool
) -> ApplicationFacts:
    """What the two moves of a transfer depend on. The programme's limits bind learners, not a lead with a cause."""
    window = application.window
    states = {state for code, _part, state in record.past.seats.get(window.programme_id, ()) if code == window.code}
    facts = ApplicationFacts(
        application.learner.account_id, now, window.opens_at, window.closes_at, appeal_until=window.seating_by,
        tickets_out=BookingState.TICKETED in states, exam_begun=bool(states & BEGUN))
    rules = None if by_office else rules_of(window.programme, local_day(now))
    if rules is None or rules.max_transfers is None or rules.transfer_working_days is None:
        return facts
    until = transfer_ends(window.dates, working_calendar(session), rules.transfer_working_days)
    return replace(facts, transfer_until=until, transfers_left=rules.max_transfers - record.number)


def was_transferred(history: Sequence[ApplicationMove]) -> bool:
    """Whether an application went on elsewhere, or came from elsewhere: then it was no draft first."""
    return any(one.move in TRANSFERS or (one.move == "begin" and one.to_state != ApplicationState.DRAFT)
               for one in history)


def passages_of(session: Session, application_id: int) -> Sequence[Passage]:
    """Where an application came from and where it went, in that order."""
    old, new = aliased(Application), aliased(Application)
    old_window, new_window = aliased(Window), aliased(Window)
    wanted = (
        select(old.reference, old_window.code, new.reference, new_window.code, Transfer.made_at)
        .join(old, old.id == Transfer.from_id).join(new, new.id == Transfer.to_id)
        .join(old_window, old_window.id == old.window_id).join(new_window, new_window.id == new.window_id)
        .where((Transfer.from_id == application_id) | (Transfer.to_id == application_id)).order_by(Transfer.id)
    )
    return [Passage(*row) for row in session.execute(wanted)]


def transfer_of(session: Session, reference: str) -> tuple[Application, Application, Transfer]:
    """A transferred application, the one it goes on as, and the transfer between them."""
    old, new = aliased(Application), aliased(Application)
    wanted = select(old, new, Transfer).join(Transfer, Transfer.from_id == old.id).join(new, new.id == Transfer.to_id)
    before, after, between = session.execute(wanted.where(old.reference == reference)).one()
    return before, after, between


def _against(
    application: Application, window: Window, past: Past, applied: frozenset[int], now: datetime
) -> tuple[Problem, ...]:
    code, programme = application.window.code, application.programme_id
    # What is given up does not stand in the way: the seats of this application, none of which was sat in.
    elsewhere = [one for one in past.seats.get(programme, ()) if one[0] != code]
    attempt = replace(past, seats={**past.seats, programme: elsewhere}).attempt(window)
    return against_target(TargetFacts(
        now, window.state == WindowState.PUBLISHED, window.starts_on > application.window.starts_on,
        past.dates(window, resit=application.resit).lane.closes_at, application.parts, application.resit, attempt,
        window.id in applied))
