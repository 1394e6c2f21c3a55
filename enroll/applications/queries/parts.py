"""What somebody may apply for: from what was published about earlier windows, and the seats they had."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, Select, literal, null, select, union_all
from sqlalchemy.orm import Session

from enroll.applications.lifecycle import LIVE
from enroll.applications.models import Application, Extension, ReturnedItem
from enroll.applications.queries.dates import OwnDates, dates_with
from enroll.applications.rules.items import FALSE_MATERIAL
from enroll.applications.rules.parts import ATTEMPTED, STANDING, Attempt, Settled, attempt_for
from enroll.programmes.models import Window
from enroll.sittings.lifecycle import BookingState, Part
from enroll.sittings.models import Booking, PublishedPart

SEAT, PUBLISHED = "seat", "published"


@dataclass(frozen=True)
class Past:
    """What of a learner's exams so far decides about the next: read once, for every window that is asked about.

    By programme the parts as published, and window, part and state of the seats; by window (its id) the extensions and
    the live application (its reference); and the windows for which false material was given.
    """

    settled: Mapping[int, Sequence[Settled]]
    seats: Mapping[int, Sequence[tuple[str, Part, str]]]
    extended: Mapping[int, tuple[tuple[str, datetime], ...]]
    barred: frozenset[int]
    live: Mapping[int, str]

    def attempt(self, window: Window) -> Attempt:
        """The parts this learner may take in this window, and by which lane."""
        seats = self.seats.get(window.programme_id, ())
        return attempt_for(
            window.code, self.settled.get(window.programme_id, ()),
            {(code, part) for code, part, state in seats if state in ATTEMPTED},
            {(code, part) for code, part, state in seats if state in STANDING},
        )

    def dates(self, window: Window, *, resit: bool) -> OwnDates:
        return dates_with(self.extended.get(window.id, ()), window, resit=resit)


def past_of(session: Session, learner_id: int) -> Past:
    settled: dict[int, list[Settled]] = {}
    seats: dict[int, list[tuple[str, Part, str]]] = {}
    for kind, programme_id, code, part, state, kept_until in session.execute(_parts(learner_id)):
        if kind == SEAT:
            seats.setdefault(programme_id, []).append((code, Part(part), state))
        else:
            settled.setdefault(programme_id, []).append(Settled(code, Part(part), state, kept_until))
    extended: dict[int, tuple[tuple[str, datetime], ...]] = {}
    barred, live = set[int](), dict[int, str]()
    granted = select(Extension.window_id, Extension.name, Extension.until).where(Extension.learner_id == learner_id)
    under_way = select(Application.window_id, Application.reference, null()).where(
        Application.learner_id == learner_id, Application.state.in_(LIVE))
    of_windows: CompoundSelect[Any] = union_all(granted, _barred(learner_id), under_way)
    for window_id, name, until in session.execute(of_windows):
        if until is None and name:
            live[window_id] = name
        elif until is None:
            barred.add(window_id)
        else:
            extended[window_id] = (*extended.get(window_id, ()), (name, until))
    return Past(settled, seats, extended, frozenset(barred), live)


def _parts(learner_id: int) -> CompoundSelect[Any]:
    """Published parts and seats, one below the other."""
    published = select(
        literal(PUBLISHED).label("kind"), PublishedPart.programme_id, PublishedPart.window_code, PublishedPart.part,
        PublishedPart.verdict, PublishedPart.kept_until,
    ).where(PublishedPart.learner_id == learner_id, PublishedPart.ended_at.is_(None))
    seats = select(
        literal(SEAT), Window.programme_id, Window.code, Booking.part, Booking.state, literal(""),
    ).join(Window, Window.id == Booking.window_id).where(
        Booking.learner_id == learner_id, Booking.state.in_(ATTEMPTED | STANDING | {BookingState.EXCUSED}))
    return union_all(published, seats)


def _barred(learner_id: int) -> Select[int, str, None]:
    """The windows for which an application was rejected for false material: there is no second one. They stand below
    the extensions, without a moment."""
    wanted = select(Application.window_id, literal(""), null())
    return wanted.join(ReturnedItem, ReturnedItem.application_id == Application.id).where(
        Application.learner_id == learner_id, Application.state == "rejected", ReturnedItem.outcome == "reject",
        ReturnedItem.reason_code == FALSE_MATERIAL,
    )
