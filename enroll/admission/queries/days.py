"""Exam days and their sittings, with who is expected, has a ticket, came, and is still open."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from enroll.admission.models import Attendance, AttendancePaper, Ticket
from enroll.admission.queries.paper import LIVE_STATES
from enroll.admission.rules.seats import RoomPlan
from enroll.admission.rules.tickets import TicketKind
from enroll.foundation.clock import local_day
from enroll.foundation.problems import NotFound
from enroll.learners.models import Learner
from enroll.programmes.models import Window
from enroll.programmes.queries.windows import window_by_code
from enroll.sittings.lifecycle import BookingState
from enroll.sittings.models import Booking, ExamRoom, Sitting
from enroll.sittings.queries import sitting_by_code
from enroll.storage.paging import Page, page_by_id

S = BookingState
OPEN = (S.CONFIRMED, S.TICKETED)

# The ticket in force of whoever is booked; and what is counted of the bookings of one state.
HOLDS = (Ticket.learner_id == Booking.learner_id) & (Ticket.window_id == Booking.window_id) & (
    Ticket.kind == TicketKind.TICKET) & Ticket.replaced_at.is_(None)
NUMBERS = (func.count(Booking.id), func.count(Booking.seat_no), func.count(Ticket.id))


@dataclass(frozen=True)
class Counts:
    """Of one sitting. `open` is whose attendance nobody has recorded; `held` have not paid or been approved yet."""

    expected: int = 0
    seated: int = 0
    ticketed: int = 0
    present: int = 0
    absent: int = 0
    open: int = 0
    held: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True)
class DaySitting:
    sitting: Sitting
    counts: Counts


def window_or_sitting(session: Session, code: str) -> tuple[Window, int | None]:
    """The window a code names, or a sitting's window and the sitting's id. Raises NotFound."""
    window = window_by_code(session, code)
    if window is not None:
        return window, None
    sitting = sitting_by_code(session, code)
    if sitting is None:
        raise NotFound(code)
    return sitting.window, sitting.id


def rooms_of(session: Session, sitting: Sitting) -> list[RoomPlan]:
    """The rooms named for a sitting; where none is, all rooms of its site."""
    return [RoomPlan(room.id, room.code, room.seats, room.accessible, room.across, room.serpentine)
            for room in exam_rooms_of(sitting)]


def exam_rooms_of(sitting: Sitting) -> list[ExamRoom]:
    """The same as they are stored, in the order of their codes."""
    return sorted([one.room for one in sitting.rooms] or sitting.site.open_rooms, key=lambda one: one.code)


def rooms_in_use(session: Session, sitting_id: int) -> list[tuple[ExamRoom, int]]:
    """The rooms in which somebody of a sitting has a seat, with how many, by their codes."""
    rows = session.execute(
        select(ExamRoom, func.count(Booking.id)).join(Booking, Booking.room_id == ExamRoom.id)
        .where(Booking.sitting_id == sitting_id, Booking.seat_no.is_not(None), Booking.state.in_(LIVE_STATES))
        .group_by(ExamRoom.id).order_by(ExamRoom.code))
    return [(room, number) for room, number in rows]


def sittings_by_day(session: Session, window_code: str = "") -> dict[date, list[DaySitting]]:
    """Every sitting of a window (or of all that are not over for 60 days), by its first day in Beijing."""
    wanted = select(Sitting).options(joinedload(Sitting.window)).order_by(Sitting.starts_at, Sitting.code)
    if window_code:
        wanted = wanted.where(Sitting.window.has(code=window_code))
    sittings = session.scalars(wanted).all()
    counted = counts_of(session, [one.id for one in sittings])
    days: dict[date, list[DaySitting]] = {}
    for one in sittings:
        days.setdefault(local_day(one.starts_at), []).append(DaySitting(one, counted.get(one.id, Counts())))
    return days


def counts_of(session: Session, sitting_ids: Sequence[int]) -> Mapping[int, Counts]:
    rows = session.execute(
        select(Booking.sitting_id, Booking.state, *NUMBERS).outerjoin(Ticket, HOLDS)
        .where(Booking.sitting_id.in_(sitting_ids)).group_by(Booking.sitting_id, Booking.state)
    )
    by_sitting: dict[int, dict[str, tuple[int, int, int]]] = {}
    for sitting_id, state, number, seated, ticketed in rows:
        by_sitting.setdefault(sitting_id, {})[state] = (number, seated, ticketed)
    return {key: _counts(states) for key, states in by_sitting.items()}


def counts_by_room(session: Session, sitting_id: int) -> Mapping[str, Counts]:
    """The same of one sitting, for whoever stands at a door; by the code of the room, "" for those without a seat."""
    code = func.coalesce(ExamRoom.code, "")
    rows = session.execute(
        select(code, Booking.state, *NUMBERS).outerjoin(Ticket, HOLDS)
        .outerjoin(ExamRoom, ExamRoom.id == Booking.room_id)
        .where(Booking.sitting_id == sitting_id).group_by(ExamRoom.code, Booking.state).order_by(code)
    )
    by_room: dict[str, dict[str, tuple[int, int, int]]] = {}
    for room, state, *numbers in rows:
        by_room.setdefault(room, {})[state] = (numbers[0], numbers[1], numbers[2])
    return {room: _counts(states) for room, states in by_room.items()}


def everybody_expected(session: Session, sitting_id: int) -> Sequence[Booking]:
    """All who may come, in the order of room and seat: for lists and charts."""
    wanted = _people(sitting_id).outerjoin(ExamRoom, ExamRoom.id == Booking.room_id)
    return session.scalars(wanted.order_by(ExamRoom.code, Booking.seat_no, Booking.id)).unique().all()


def some_expected(
    session: Session, sitting_id: int, *, state: str = "", room_id: int | None = None, words: str = "",
    after: int | None = None,
) -> Page[Booking]:
    """A page of the same, filtered by state, room, or part of a name, booking or document's end."""
    wanted = _people(sitting_id)
    if state == "open":
        wanted = wanted.where(Booking.state.in_(OPEN))
    elif state:
        wanted = wanted.where(Booking.state == state)
    if room_id is not None:
        wanted = wanted.where(Booking.room_id == room_id)
    if words:
        like = "%" + words.replace("%", "").replace("_", "") + "%"
        wanted = wanted.where(or_(
            Booking.reference == words.upper(),
            Booking.learner.has(or_(Learner.legal_name.ilike(like), Learner.id_number_mask.ilike(f"%{words}"))),
        ))
    return page_by_id(session, wanted, Booking.id, after=after, descending=False, size=60)


def booking_in(session: Session, sitting_code: str, reference: str) -> Booking | None:
    """A booking of this sitting that stands."""
    return session.scalar(
        select(Booking).join(Sitting, Sitting.id == Booking.sitting_id)
        .where(Sitting.code == sitting_code, Booking.reference == reference,
               Booking.state.in_(LIVE_STATES | {S.HELD, S.OFFERED}))
        .options(joinedload(Booking.learner), joinedload(Booking.room))
    )


def still_open(session: Session, sitting_id: int) -> Sequence[Booking]:
    """Expected, and nobody has recorded whether they came; in the order of their names on the list."""
    wanted = _people(sitting_id).where(Booking.state.in_(OPEN)).order_by(Booking.id)
    return session.scalars(wanted).unique().all()


def attendance_of(session: Session, booking_id: int) -> Sequence[Attendance]:
    """What was recorded about one booking, newest first."""
    wanted = select(Attendance).where(Attendance.booking_id == booking_id).order_by(Attendance.id.desc()).options(
        joinedload(Attendance.paper).joinedload(AttendancePaper.file))
    return session.scalars(wanted).all()


def last_entry(session: Session, booking_id: int) -> Attendance | None:
    return next(iter(attendance_of(session, booking_id)), None)


def last_entries(session: Session, booking_ids: Sequence[int]) -> dict[int, Attendance]:
    """The newest record of each of these bookings, in one question."""
    newest = select(func.max(Attendance.id)).where(Attendance.booking_id.in_(booking_ids)).group_by(
        Attendance.booking_id)
    rows = session.scalars(select(Attendance).where(Attendance.id.in_(newest)))
    return {one.booking_id: one for one in rows}


def _people(sitting_id: int) -> Select[Booking]:
    return select(Booking).where(Booking.sitting_id == sitting_id, Booking.state.in_(LIVE_STATES)).options(
        joinedload(Booking.learner), joinedload(Booking.room))


def _counts(states: Mapping[str, tuple[int, int, int]]) -> Counts:
    """`states`: of each state the bookings, those with a seat number, and those whose learner holds a ticket."""
    def number(*of: str, column: int = 0) -> int:
        return sum(states.get(str(one), (0, 0, 0))[column] for one in of)

    return Counts(
        expected=number(*LIVE_STATES), seated=number(*LIVE_STATES, column=1), ticketed=number(*LIVE_STATES, column=2),
        present=number(S.PRESENT, S.DISQUALIFIED), absent=number(S.ABSENT, S.EXCUSED),
        open=number(*OPEN), held=number(S.HELD, S.OFFERED),
    )
