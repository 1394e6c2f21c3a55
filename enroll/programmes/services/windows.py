"""Exam windows: planned as drafts, published with their terms frozen, moved for everybody, cancelled."""

from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.audit import services as audit
from enroll.audit.moves import begin, expect_version, make_move
from enroll.foundation.actor import Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import REASON_MISSING, NotFound, Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.programmes.events import WindowDateMoved, WindowMoved
from enroll.programmes.lifecycle import WINDOW, WindowState
from enroll.programmes.models import Programme, Window
from enroll.programmes.queries.programmes import prices_at, rules_at
from enroll.programmes.queries.windows import missing_in_year, surroundings_of
from enroll.programmes.rules.figures import RuleMissing
from enroll.programmes.rules.terms import EXAM_ITEMS, WindowTerms
from enroll.programmes.rules.timeline import WindowFacts, conflicts_of, move_conflicts
from enroll.programmes.rules.windows import MOVABLE, WindowDates
from enroll.storage import outbox
from enroll.storage.database import lock, transaction


def add_window(programme_code: str, dates: WindowDates, *, by: Actor, now: datetime, note: str = "") -> str:
    """Plan a window as a draft; gives its code. Raises Refused when the code is taken."""
    with transaction() as session:
        programme = session.scalar(select(Programme).where(Programme.code == programme_code))
        if programme is None:
            raise NotFound(programme_code)
        if session.scalar(select(Window.id).where(Window.code == dates.code)) is not None:
            raise Refused(problem("window_known", N_("There already is a window %(window)s."), field="code",
                                  window=dates.code))
        window = Window(programme_id=programme.id, note=note, terms={}, **asdict(dates))
        begin(session, WINDOW, window, by=by, now=now)
        return window.code


def plan_year(programme_code: str, year: int, *, by: Actor, now: datetime) -> list[str]:
    """Plan a draft for every month of the programme in which this year has no window yet; gives their codes. Raises
    Refused where none is missing."""
    with transaction() as session:
        programme = session.scalar(select(Programme).where(Programme.code == programme_code))
        if programme is None:
            raise NotFound(programme_code)
        missing = missing_in_year(session, programme, year)
        if not missing:
            raise Refused(problem("year_is_planned", N_("Every window of %(year)s is planned already."), field="year",
                                  year=year))
        return [add_window(programme_code, one, by=by, now=now) for one in missing]


def copy_window(code: str, starts_on: date, *, by: Actor, now: datetime) -> str:
    """Plan a draft with the dates of another window, each as many days away from the new first day; gives its code.
    What falls on a day that is not worked is named, not moved: these dates were set by hand once."""
    with transaction() as session:
        window = session.scalar(select(Window).where(Window.code == code))
        if window is None:
            raise NotFound(code)
        shift = starts_on - window.starts_on
        moved = {name: value + shift for name, value in asdict(window.dates).items() if name != "code"}
        return add_window(window.programme.code, WindowDates(code=f"{starts_on:%Y%m}", **moved), by=by, now=now,
                          note=window.note)


def plan_window(
    code: str, dates: WindowDates, note: str, *, by: Actor, now: datetime, seen_version: int | None = None
) -> None:
    """Change the dates of a draft. A published window's dates move one at a time, for everybody, with a reason."""
    with transaction() as session:
        window = lock(session, Window, Window.code == code)
        expect_version(window, seen_version)
        if window.state != WindowState.DRAFT:
            raise Refused(problem("not_a_draft", N_("Only the dates of a draft can be changed freely.")))
        planned = asdict(replace(dates, code=code))
        changed = {name: value for name, value in planned.items() if getattr(window, name) != value}
        before = {name: str(getattr(window, name)) for name in changed}
        for name, value in changed.items():
            setattr(window, name, value)
        window.note, window.version = note, window.version + 1
        audit.record(session, "exam_window.plan", code, by=by, now=now, before=before,
                     after={name: str(value) for name, value in changed.items()})


def publish_window(code: str, *, by: Actor, now: datetime, seen_version: int | None = None) -> None:
    """Publish: the dates are checked, and today's pass marks, carry-over, fees and refund rules become its terms."""
    with transaction() as session:
        window = lock(session, Window, Window.code == code)
        expect_version(window, seen_version)
        terms, unruled = _terms_today(session, window, now)
        make_move(session, WINDOW, window, "publish", by=by, now=now, facts=WindowFacts(
            window.dates, unruled, conflicts_of(window.dates, surroundings_of(session, window))))
        assert terms is not None, "the move refuses a window without terms"
        window.terms = terms.as_json()
        outbox.record(session, WindowMoved(code, "publish", window.state), now)


def cancel_window(code: str, *, by: Actor, now: datetime, reason: str, seen_version: int | None = None) -> None:
    """Cancel a window; what was applied for is sorted out by the packages that hear of it."""
    with transaction() as session:
        window = lock(session, Window, Window.code == code)
        expect_version(window, seen_version)
        make_move(session, WINDOW, window, "cancel", by=by, now=now, facts=WindowFacts(window.dates), reason=reason)
        outbox.record(session, WindowMoved(code, "cancel", window.state), now)


def move_date(
    code: str, name: str, to: datetime, *, reason: str, by: Actor, now: datetime, seen_version: int | None = None
) -> None:
    """Move one date of a published window for everybody (an outage, a changed holiday): later only, with a reason.

    Raises Refused when the date may not be moved, would come earlier, or would break what holds now: the order of the
    dates, the working days of a correction, a review outside holidays, the next window's resits.
    """
    with transaction() as session:
        window = lock(session, Window, Window.code == code)
        expect_version(window, seen_version)
        before: datetime | None = getattr(window, name) if name in MOVABLE else None
        problems = against_moving(window, name, to, reason, now)
        if before is None or problems:
            raise Refused(problems or _NOT_MOVABLE)
        moved: Any = {name: to}
        conflicts = move_conflicts(window.dates, replace(window.dates, **moved), surroundings_of(session, window))
        if conflicts:
            raise Refused(conflicts)
        setattr(window, name, to)
        window.version += 1
        audit.record(session, "exam_window.move_date", code, by=by, now=now, date=name, before=before.isoformat(),
                     after=to.isoformat(), reason=reason)
        outbox.record(session, WindowDateMoved(code, name, before.isoformat(), to.isoformat(), reason.strip()), now)


_NOT_MOVABLE = problem("not_movable", N_("This date cannot be moved any more."), field="name")


def against_moving(window: Window, name: str, to: datetime, reason: str, now: datetime) -> list[Problem]:
    """What bars the move, whatever the other dates are."""
    before: datetime | None = getattr(window, name) if name in MOVABLE else None
    problems = []
    if window.state != WindowState.PUBLISHED or before is None:
        problems.append(_NOT_MOVABLE)
    elif to <= max(before, now):
        problems.append(problem("only_later", N_("A published date can only be moved to a later one."), field="to"))
    if not reason.strip():
        problems.append(REASON_MISSING)
    return problems


def _terms_today(session: Session, window: Window, now: datetime) -> tuple[WindowTerms | None, Problem | None]:
    """The terms that publishing would freeze, or what is missing for them."""
    day = local_day(now)
    prices = {code: item.amount_fen for code, item in prices_at(session, day).items()}
    unpriced = [code for code in EXAM_ITEMS if code not in prices]
    if unpriced:
        return None, problem("price_missing", N_("There is no price for: %(items)s."), items=unpriced)
    try:
        return WindowTerms.of(rules_at(session, window.programme.code, day), prices), None
    except RuleMissing as error:
        return None, problem("rule_missing", N_("There is no rule for: %(rules)s."), rules=error.keys)

