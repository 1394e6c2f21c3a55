"""Reading sittings, their seats, and who is booked."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from enroll.learners.models import Learner
from enroll.sittings.lifecycle import LIVE, TAKES_SEAT, Part, PartVerdict
from enroll.sittings.models import Booking, BookingMove, ExamSite, PublishedPart, Sitting
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
