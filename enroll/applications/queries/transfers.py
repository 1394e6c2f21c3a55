"""Where an application could go on, where it went, and where it came from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from enroll.applications.lifecycle import LIVE
from enroll.applications.models import Application, Transfer
from enroll.applications.queries.facts import facts_about
from enroll.applications.queries.parts import Past, past_of
from enroll.applications.rules.moves import ApplicationFacts
from enroll.applications.rules.transfers import TargetFacts, against_target, transfer_ends
from enroll.foundation.clock import local_day
from enroll.foundation.problems import Problem
from enroll.programmes.lifecycle import WindowState
from enroll.programmes.models import Window
from enroll.programmes.queries.programmes import rules_of
from enroll.programmes.queries.windows import working_calendar


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


def targets_for(session: Session, application: Application, now: datetime) -> list[Target]:
    """The published windows of the programme after this one that take applications of this lane or will, the earliest
    first. Before registration opens there, a seat can be taken by a transfer already."""
    wanted = select(Window).where(
        Window.programme_id == application.programme_id, Window.state == WindowState.PUBLISHED,
        Window.starts_on > application.window.starts_on, Window.seating_by > now,
    )
    windows = session.scalars(wanted.order_by(Window.starts_on)).all()
    if not windows:
        return []
    past, applied = past_of(session, application.learner_id), _applied(session, application)
    return [Target(one, _against(application, one, past, applied, now)) for one in windows]


def target_in(session: Session, application: Application, window: Window, now: datetime) -> Target:
    """The same for one window, whichever it is."""
    past, applied = past_of(session, application.learner_id), _applied(session, application)
    return Target(window, _against(application, window, past, applied, now))


def transfer_facts(session: Session, application: Application, now: datetime) -> ApplicationFacts:
    """The facts of an application, with those that only a transfer asks for."""
    rules = rules_of(application.window.programme, local_day(now))
    facts = facts_about(session, application, now)
    if rules.max_transfers is None or rules.transfer_working_days is None:
        return facts
    until = transfer_ends(application.window.dates, working_calendar(session), rules.transfer_working_days)
    before = session.scalar(select(Transfer.number).where(Transfer.to_id == application.id)) or 0
    return replace(facts, transfer_until=until, transfers_left=rules.max_transfers - before)


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


def _applied(session: Session, application: Application) -> frozenset[int]:
    """The windows for which this learner has an application under way."""
    wanted = select(Application.window_id).where(
        Application.learner_id == application.learner_id, Application.programme_id == application.programme_id,
        Application.state.in_(LIVE), Application.id != application.id)
    return frozenset(session.scalars(wanted))


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
