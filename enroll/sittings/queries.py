"""Reading sittings, their seats, who is booked and who waits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, selectinload

from enroll.learners.models import Learner
from enroll.programmes.models import Window
from enroll.programmes.rules.figures import ProgrammeRules
from enroll.sittings.lifecycle import LIVE, SEATED, TAKES_SEAT, WAITING, BookingState, Part, PartVerdict
from enroll.sittings.models import (
    Booking,
    BookingMove,
    ExamRoom,
    ExamSite,
    PassedOverPlace,
    PublishedPart,
    Sitting,
    SittingRoom,
)
from enroll.sittings.rules import Turn
from enroll.storage.paging import Page, page_by_id


def sittings_of(session: Session, window_id: int, part: Part | None = None) -> Sequence[Sitting]:
    """A window's sittings with their sites, by part, day and site; `seats_left` says what is free."""
    wanted = select(Sitting).where(Sitting.window_id == window_id)
    if part is not None:
        wanted = wanted.where(Sitting.part == str(part))
    ordered = wanted.order_by(Sitting.part.desc(), Sitting.online, Sitting.starts_at, Sitting.site_id, Sitting.id)
    return session.scalars(ordered).all()


def sitting_by_code(session: Session, code: str) -> Sitting | None:
    return session.scalar(select(Sitting).where(Sitting.code == code).options(joinedload(Sitting.window)))


def sittings_by_code(session: Session, codes: Iterable[str]) -> dict[str, Sitting]:
    return {one.code: one for one in session.scalars(select(Sitting).where(Sitting.code.in_(list(codes))))}


def sites(session: Session) -> Sequence[ExamSite]:
    """Every site, the online one first."""
    return session.scalars(
        select(ExamSite).options(selectinload(ExamSite.rooms)).order_by(ExamSite.online.desc(), ExamSite.code)
    ).all()


def site_by_code(session: Session, code: str) -> ExamSite | None:
    return session.scalar(select(ExamSite).where(ExamSite.code == code).options(selectinload(ExamSite.rooms)))


def sites_in_use(session: Session) -> Sequence[ExamSite]:
    """Those that sittings can be planned at."""
    return [one for one in sites(session) if one.retired_at is None]


def coming_by_site(session: Session, now: datetime) -> dict[int, int]:
    """How many sittings are not over, by the site's id."""
    wanted = select(Sitting.site_id, func.count()).where(Sitting.ends_at > now).group_by(Sitting.site_id)
    return dict(session.execute(wanted).all())


def coming_at(session: Session, site_id: int, now: datetime) -> Sequence[str]:
    """The sittings of a site that are not over and can still be used: open, or with people; by their codes."""
    wanted = _coming(now).where(Sitting.site_id == site_id, Sitting.closed_at.is_(None) | (Sitting.taken > 0))
    return session.scalars(wanted).all()


def coming_in(session: Session, room: ExamRoom, now: datetime) -> Sequence[str]:
    """The same of one room: those that name it, and those in which somebody has a seat there."""
    named = select(SittingRoom.sitting_id).where(SittingRoom.room_id == room.id)
    seated = select(Booking.sitting_id).where(Booking.room_id == room.id, Booking.seat_no.is_not(None),
                                              Booking.state.in_(LIVE))
    return session.scalars(_coming(now).where(Sitting.id.in_(named) | Sitting.id.in_(seated))).all()


def seats_relied_on(session: Session, room: ExamRoom, seats: int, now: datetime) -> tuple[int, Sequence[str]]:
    """Of a room that is to have so many seats: the highest seat given out in it for a sitting to come, and the sittings
    whose rooms would then have fewer seats than they offer."""
    highest = session.scalar(select(func.max(Booking.seat_no)).join(Sitting, Sitting.id == Booking.sitting_id).where(
        Booking.room_id == room.id, Booking.state.in_(LIVE), Sitting.ends_at > now)) or 0
    here = aliased(SittingRoom)
    wanted = (
        _coming(now).join(here, (here.sitting_id == Sitting.id) & (here.room_id == room.id))
        .join(SittingRoom, SittingRoom.sitting_id == Sitting.id)
        .join(ExamRoom, ExamRoom.id == SittingRoom.room_id)
        .group_by(Sitting.id, Sitting.code, Sitting.capacity)
        .having(func.sum(case((ExamRoom.id == room.id, seats), else_=ExamRoom.seats)) < Sitting.capacity)
    )
    return highest, session.scalars(wanted).all()


def _coming(now: datetime) -> Select[str]:
    return select(Sitting.code).where(Sitting.ends_at > now).order_by(Sitting.code)


def bookings_of(session: Session, subject: str) -> Sequence[Booking]:
    """Every booking there ever was for an application, the theory exam first."""
    wanted = select(Booking).where(Booking.subject == subject).options(joinedload(Booking.sitting))
    return session.scalars(wanted.order_by(Booking.part.desc(), Booking.id)).all()


def live_bookings_of(session: Session, subject: str) -> Sequence[Booking]:
    """The bookings of an application that stand, the theory exam first."""
    return [one for one in bookings_of(session, subject) if one.state in LIVE]


def booking_of(session: Session, learner_id: int, reference: str) -> Booking | None:
    """A learner's own booking."""
    return session.scalar(select(Booking).where(Booking.reference == reference, Booking.learner_id == learner_id))


def own_booking(session: Session, account_id: int, reference: str) -> Booking | None:
    """The booking of whoever is signed in; another's is not found."""
    return session.scalar(
        select(Booking).join(Learner, Learner.id == Booking.learner_id)
        .where(Learner.account_id == account_id, Booking.reference == reference)
        .options(contains_eager(Booking.learner), joinedload(Booking.sitting), joinedload(Booking.window))
    )


def bookings_of_learner(session: Session, learner_id: int) -> Sequence[Booking]:
    """All bookings of a learner, the newest first."""
    wanted = select(Booking).where(Booking.learner_id == learner_id).options(joinedload(Booking.sitting))
    return session.scalars(wanted.order_by(Booking.id.desc())).all()


def moves_of_booking(session: Session, booking_id: int) -> Sequence[BookingMove]:
    """What happened to a booking, newest first."""
    wanted = select(BookingMove).where(BookingMove.record_id == booking_id)
    return session.scalars(wanted.order_by(BookingMove.id.desc())).all()


def booked_in(session: Session, sitting_id: int, *, after: int | None = None, size: int = 100) -> Page[Booking]:
    """Who has a seat in a sitting, in the order in which they booked."""
    wanted = select(Booking).where(Booking.sitting_id == sitting_id, Booking.state.in_(TAKES_SEAT)).options(
        joinedload(Booking.learner).joinedload(Learner.account)
    )
    return page_by_id(session, wanted, Booking.id, after=after, descending=False, size=size)


def everybody_booked_in(session: Session, sitting_id: int) -> Sequence[Booking]:
    """The whole list of a sitting, for the export."""
    wanted = select(Booking).where(Booking.sitting_id == sitting_id, Booking.state.in_(TAKES_SEAT))
    return session.scalars(wanted.options(joinedload(Booking.learner)).order_by(Booking.id)).all()


def seats_counted_again(session: Session) -> dict[str, tuple[int, int]]:
    """Sittings whose counter is not the number of bookings that take a seat: code -> (counter, counted). Should be
    empty; `flask doctor` asks."""
    counted = select(func.count(Booking.id)).where(
        Booking.sitting_id == Sitting.id, Booking.state.in_(TAKES_SEAT)
    ).correlate(Sitting).scalar_subquery()
    rows = session.execute(select(Sitting.code, Sitting.taken, counted).where(Sitting.taken != counted))
    return {code: (taken, number) for code, taken, number in rows}


def seats_left_in(session: Session, window_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """How many seats are left in the open sittings of these windows, by window and part: what the calendar shows."""
    wanted = select(Sitting.window_id, Sitting.part, func.sum(Sitting.capacity - Sitting.taken)).where(
        Sitting.window_id.in_(window_ids), Sitting.closed_at.is_(None)).group_by(Sitting.window_id, Sitting.part)
    found: dict[int, dict[str, int]] = {}
    for window_id, part, left in session.execute(wanted.order_by(Sitting.part.desc())):
        found.setdefault(window_id, {})[part] = int(left)
    return found


def list_closes_at(window: Window, *, resit: bool) -> datetime:
    """When the lists of a window close for somebody of this lane: with its payment date, the first moment too late."""
    return window.resit_payment_due_at if resit else window.payment_due_at


def place_ends_at(booking: Booking) -> datetime:
    """When a place in a list ends: with its list, or later for somebody who has an extension of their own."""
    closes_at = list_closes_at(booking.window, resit=booking.resit)
    return max(closes_at, booking.list_until or closes_at)


def waiting_in(session: Session, sitting_id: int) -> Sequence[str]:
    """The references of who waits for a sitting, in the order in which they joined."""
    wanted = select(Booking.reference).where(Booking.sitting_id == sitting_id, Booking.state == BookingState.WAITLISTED)
    return session.scalars(wanted.order_by(Booking.id)).all()


def turn_of(
    session: Session, learner_id: int, sitting: Sitting, *, resit: bool, now: datetime, rules: ProgrammeRules,
    own_end: datetime | None = None,
) -> Turn:
    """What decides whether somebody may have a seat of this sitting offered, besides their place in the list;
    `own_end` is their own, later end of it."""
    held = session.execute(
        select(Booking.part, Sitting.online, Sitting.starts_at, Sitting.ends_at)
        .join(Sitting, Sitting.id == Booking.sitting_id)
        .where(Booking.learner_id == learner_id, Booking.window_id == sitting.window_id, Booking.state.in_(SEATED))
    ).all()
    return Turn(
        now, max(list_closes_at(sitting.window, resit=resit), own_end or list_closes_at(sitting.window, resit=resit)),
        seated=any(part == sitting.part for part, *_ in held),
        may_wait_beside_seat=rules.waiting_beside_seat is not False,
        clashes=not sitting.online and any(
            part != sitting.part and not online and starts < sitting.ends_at and sitting.starts_at < ends
            for part, online, starts, ends in held),
    )


def waits_for(session: Session, learner_id: int, window_id: int, part: str) -> bool:
    """Whether this learner has a place in a list for this part, or an offer from one."""
    wanted = select(Booking.id).where(Booking.learner_id == learner_id, Booking.window_id == window_id,
                                      Booking.part == part, Booking.state.in_(WAITING))
    return session.scalar(wanted.limit(1)) is not None


def sits_in(session: Session, learner_id: int, sitting_id: int) -> bool:
    wanted = select(Booking.id).where(Booking.learner_id == learner_id, Booking.sitting_id == sitting_id,
                                      Booking.state.in_(SEATED))
    return session.scalar(wanted.limit(1)) is not None


def clashing_in(session: Session, sitting_id: int, target: Sitting) -> frozenset[int]:
    """The learners booked in a sitting whose other part takes place at the time of another sitting, the target."""
    if target.online:
        return frozenset()
    here = select(Booking.learner_id).where(Booking.sitting_id == sitting_id, Booking.state.in_(SEATED))
    wanted = select(Booking.learner_id).join(Sitting, Sitting.id == Booking.sitting_id).where(
        Booking.learner_id.in_(here), Booking.window_id == target.window_id, Booking.part != target.part,
        Booking.state.in_(SEATED), Sitting.online.is_(False), Sitting.starts_at < target.ends_at,
        Sitting.ends_at > target.starts_at)
    return frozenset(session.scalars(wanted))


@dataclass(frozen=True)
class Place:
    """One place in a list: which from the front (None once it is offered), and why it was passed over."""

    booking: Booking
    position: int | None
    passed_over: Sequence[PassedOverPlace] = ()


def places_in(session: Session, sitting_id: int) -> list[Place]:
    """The list of a sitting, its live offers first, each in the order of joining."""
    wanted = select(Booking).where(Booking.sitting_id == sitting_id, Booking.state.in_(WAITING)).options(
        joinedload(Booking.learner).joinedload(Learner.account))
    rows = session.scalars(wanted.order_by(Booking.id)).all()
    return _with_reasons(session, [*((one, None) for one in rows if one.state == BookingState.OFFERED), *(
        (one, place) for place, one in enumerate((one for one in rows if one.state == BookingState.WAITLISTED), 1))])


def places_of(session: Session, bookings: Sequence[Booking]) -> dict[str, Place]:
    """The places among these bookings of one person, by reference."""
    waiting = [one for one in bookings if one.state in WAITING]
    if not waiting:
        return {}
    before = aliased(Booking)
    position = select(func.count(before.id)).where(
        before.sitting_id == Booking.sitting_id, before.id <= Booking.id, before.state == BookingState.WAITLISTED)
    wanted = (
        select(Booking.id, position.scalar_subquery(), PassedOverPlace)
        .outerjoin(PassedOverPlace, PassedOverPlace.booking_id == Booking.id)
        .where(Booking.id.in_([one.id for one in waiting])).order_by(PassedOverPlace.id))
    counted, passed = dict[int, int](), dict[int, list[PassedOverPlace]]()
    for number, before_it, row in session.execute(wanted):
        counted[number] = before_it
        passed.setdefault(number, []).extend([row] if row else [])
    return {one.reference: Place(one, counted.get(one.id) if one.state == BookingState.WAITLISTED else None,
                                 tuple(passed.get(one.id, ()))) for one in waiting}


def waiting_counts(session: Session, window_id: int) -> dict[int, int]:
    """How many wait for each sitting of a window, by the sitting's id."""
    wanted = select(Booking.sitting_id, func.count()).where(
        Booking.window_id == window_id, Booking.state == BookingState.WAITLISTED)
    return dict(session.execute(wanted.group_by(Booking.sitting_id)).all())


def offers_to_warn_of(session: Session, now: datetime, *, at_most: int = 500) -> Sequence[str]:
    """Offers that end soon and were not warned of; the service looks again."""
    wanted = select(Booking.reference).where(
        Booking.state == BookingState.OFFERED, Booking.offer_warned_at.is_(None),
        Booking.offer_ends_at <= now + timedelta(hours=3), Booking.offer_ends_at > now)
    return session.scalars(wanted.order_by(Booking.id).limit(at_most)).all()


def places_to_lapse(session: Session, now: datetime, *, at_most: int = 500) -> Sequence[str]:
    """Offers whose end has passed, then places in lists that are closed."""
    closes_at = case((Booking.resit, Window.resit_payment_due_at), else_=Window.payment_due_at)
    wanted = select(Booking.reference).join(Window, Window.id == Booking.window_id).where(
        ((Booking.state == BookingState.OFFERED) & (Booking.offer_ends_at <= now))
        | ((Booking.state == BookingState.WAITLISTED) & (closes_at <= now)
           & (Booking.list_until.is_(None) | (Booking.list_until <= now))))
    return session.scalars(wanted.order_by(Booking.state, Booking.id).limit(at_most)).all()


def lists_with_free_seats(session: Session) -> Sequence[int]:
    """Sittings with a list and a free seat: everybody on it was passed over, or a rule was changed."""
    waiting = select(Booking.sitting_id).where(Booking.state == BookingState.WAITLISTED)
    wanted = select(Sitting.id).where(Sitting.id.in_(waiting), Sitting.taken < Sitting.capacity,
                                      Sitting.closed_at.is_(None))
    return session.scalars(wanted.order_by(Sitting.id)).all()


def _with_reasons(session: Session, rows: Sequence[tuple[Booking, int | None]]) -> list[Place]:
    wanted = select(PassedOverPlace).where(PassedOverPlace.booking_id.in_([one.id for one, _ in rows]))
    passed: dict[int, list[PassedOverPlace]] = {}
    for row in session.scalars(wanted.order_by(PassedOverPlace.id)):
        passed.setdefault(row.booking_id, []).append(row)
    return [Place(one, place, tuple(passed.get(one.id, ()))) for one, place in rows]


def parts_kept(session: Session, learner_id: int, programme_id: int, window_code: str) -> dict[Part, PublishedPart]:
    """The parts passed before this window that still count in it; of two passes the one kept longer."""
    wanted = _kept(programme_id, window_code).where(PublishedPart.learner_id == learner_id)
    return {Part(row.part): row for row in session.scalars(wanted)}


def parts_kept_by_learner(
    session: Session, programme_id: int, window_code: str
) -> dict[int, dict[Part, PublishedPart]]:
    """The same for everybody who keeps a part."""
    kept: dict[int, dict[Part, PublishedPart]] = {}
    for row in session.scalars(_kept(programme_id, window_code)):
        kept.setdefault(row.learner_id, {})[Part(row.part)] = row
    return kept


def missing_parts(session: Session, learner_id: int, programme_id: int, window_code: str) -> tuple[Part, ...]:
    """The parts a learner would have to sit in this window: all of them, less those passed and kept."""
    kept = parts_kept(session, learner_id, programme_id, window_code)
    return tuple(part for part in Part if part not in kept)


def has_sat_before(session: Session, learner_id: int, programme_id: int, window_code: str) -> bool:
    """Whether an attempt was used in an earlier window: what makes the next one a resit. An excuse uses none."""
    wanted = select(PublishedPart.id).where(
        PublishedPart.learner_id == learner_id, PublishedPart.programme_id == programme_id,
        PublishedPart.window_code < window_code, PublishedPart.verdict != PartVerdict.EXCUSED,
        PublishedPart.ended_at.is_(None),
    )
    return session.scalar(wanted.limit(1)) is not None


def _kept(programme_id: int, window_code: str) -> Select[PublishedPart]:
    return select(PublishedPart).where(
        PublishedPart.programme_id == programme_id, PublishedPart.verdict == PartVerdict.PASS,
        PublishedPart.ended_at.is_(None), PublishedPart.window_code < window_code,
        PublishedPart.kept_until >= window_code,
    ).order_by(PublishedPart.kept_until)
