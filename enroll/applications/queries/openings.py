"""What somebody could apply for now, and every reason against it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, contains_eager

from enroll.applications.lifecycle import LIVE
from enroll.applications.models import Application
from enroll.applications.queries.parts import Past, past_of
from enroll.applications.rules.moves import ApplicationFacts, window_is_open
from enroll.applications.rules.parts import Attempt, stands_against_attempt
from enroll.enrolments.lifecycle import EnrolmentState
from enroll.enrolments.models import Enrolment
from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_
from enroll.learners.models import Learner
from enroll.programmes.lifecycle import WindowState
from enroll.programmes.models import Window

MAY_APPLY = (EnrolmentState.ACTIVE, EnrolmentState.COMPLETED)


@dataclass(frozen=True)
class Opening:
    """A window somebody could apply for now: the parts, the lane's dates, what stands against it, and the application
    that is under way there, if there is one."""

    window: Window
    enrolment: Enrolment
    attempt: Attempt
    closes_at: datetime
    problems: tuple[Problem, ...] = ()
    live: str | None = None


def stands_against_beginning(past: Past, enrolment: Enrolment, window: Window, now: datetime) -> tuple[Problem, ...]:
    """Every reason why this learner, with this past, cannot begin an application for this window now."""
    attempt = past.attempt(window)
    lane = past.dates(window, resit=attempt.resit).lane
    facts = ApplicationFacts(enrolment.learner.account_id, now, lane.opens_at, lane.closes_at,
                             window_stands=window.state == WindowState.PUBLISHED)
    found = [one for one in (window_is_open(facts),) if one is not None]
    found += stands_against_attempt(attempt, window.agreed.max_resits if window.terms else None)
    if window.id in past.barred:
        found.append(problem("false_material", N_("An application for this window was rejected for false material; "
                                                  "another one is not possible. You may appeal.")))
    return tuple(found)


def enrolment_to_apply_with(session: Session, learner_id: int, programme_id: int) -> Enrolment | None:
    """The enrolment somebody applies with: studying, or completed; the newest."""
    return session.scalar(_to_apply_with(programme_id).where(Enrolment.learner_id == learner_id))


def own_enrolment_to_apply_with(session: Session, account_id: int, programme_id: int) -> Enrolment | None:
    """The same of whoever has this account."""
    return session.scalar(_to_apply_with(programme_id).where(Learner.account_id == account_id))


def _to_apply_with(programme_id: int) -> Select[Enrolment]:
    wanted = select(Enrolment).join(Enrolment.learner).options(contains_eager(Enrolment.learner)).where(
        Enrolment.programme_id == programme_id, Enrolment.state.in_(MAY_APPLY))
    return wanted.order_by(Enrolment.id.desc()).limit(1)


def opening_of(past: Past, enrolment: Enrolment, window: Window, now: datetime) -> Opening:
    """What this learner, with this past, may apply for in a window, and every reason against it."""
    attempt = past.attempt(window)
    return Opening(window, enrolment, attempt, past.dates(window, resit=attempt.resit).lane.closes_at,
                   stands_against_beginning(past, enrolment, window, now), past.live.get(window.id))


def openings(session: Session, account_id: int, now: datetime, past: Past | None = None) -> list[Opening]:
    """The published windows that are open for this person's lane and have no live application of theirs, the earliest
    first; those that only something else stands against come with the reasons. `past` where it has been read."""
    # An extension can reach to the day seats are assigned, never beyond.
    live = exists().where(Application.learner_id == Learner.id, Application.window_id == Window.id,
                          Application.state.in_(LIVE))
    wanted = select(Window, Enrolment).join(Enrolment, Enrolment.programme_id == Window.programme_id).join(
        Enrolment.learner).where(
        Window.state == WindowState.PUBLISHED, Window.opens_at <= now, Window.seating_by > now,
        Learner.account_id == account_id, Enrolment.state.in_(MAY_APPLY), ~live,
    ).options(contains_eager(Enrolment.learner)).order_by(Window.starts_on, Window.id, Enrolment.id)
    newest = dict(session.execute(wanted).all())
    found = []
    for window, enrolment in newest.items():
        past = past or past_of(session, enrolment.learner_id)
        opening = opening_of(past, enrolment, window, now)
        if now < opening.closes_at:
            found.append(opening)
    return found


def live_in(session: Session, learner_id: int, window_id: int) -> str | None:
    """The reference of the live application of this learner for this window."""
    wanted = select(Application.reference).where(
        Application.learner_id == learner_id, Application.window_id == window_id, Application.state.in_(LIVE)
    )
    return session.scalar(wanted.limit(1))
