"""Exam sites and rooms, sittings with their seats, and bookings."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.foundation.clock import local_day
from enroll.learners.models import Learner
from enroll.programmes.models import Window
from enroll.sittings.lifecycle import LIVE, SEATED, WAITING, BookingState, Part, PartVerdict
from enroll.sittings.rules import PassedOver
from enroll.storage.columns import UtcMoment, one_of, whole
from enroll.storage.database import Base
from enroll.storage.history import HistoryRow, Versioned


def _in(states: Collection[str]) -> str:
    return "state IN ({})".format(", ".join(f"'{state}'" for state in sorted(states)))


LIVE_SQL, SEATED_SQL, WAITING_SQL = _in(LIVE), _in(SEATED), _in(WAITING)


class ExamSite(Versioned, Base):
    """A place, or ONLINE. A retired one takes no new sittings and stays on what happened there."""

    __tablename__ = "exam_site"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    online: Mapped[bool]
    city: Mapped[str] = mapped_column(String(60), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    telephone: Mapped[str] = mapped_column(String(60), default="")
    contact: Mapped[str] = mapped_column(String(60), default="")
    accessible: Mapped[bool] = mapped_column(default=True)
    note: Mapped[str] = mapped_column(Text, default="")
    retired_at: Mapped[datetime | None] = mapped_column(UtcMoment)

    rooms: Mapped[list["ExamRoom"]] = relationship(order_by="ExamRoom.code", back_populates="site")

    @property
    def reference(self) -> str:
        return self.code

    @property
    def open_rooms(self) -> list["ExamRoom"]:
        """Those that sittings can still be planned in."""
        return [one for one in self.rooms if one.retired_at is None]


class ExamRoom(Versioned, Base):
    """Desks stand in rows of `across`, counted from the front; where `serpentine`, every second row backwards."""

    __tablename__ = "exam_room"
    __table_args__ = (UniqueConstraint("site_id", "code"), *whole("seats", 1, 5000), *whole("across", 1, 20))

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("exam_site.id"))
    code: Mapped[str] = mapped_column(String(20))
    seats: Mapped[int]
    place: Mapped[str] = mapped_column(String(60), default="")
    accessible: Mapped[bool] = mapped_column(default=True)
    across: Mapped[int] = mapped_column(default=6)
    serpentine: Mapped[bool] = mapped_column(default=False)
    retired_at: Mapped[datetime | None] = mapped_column(UtcMoment)

    @property
    def reference(self) -> str:
        return self.code

    site: Mapped[ExamSite] = relationship(back_populates="rooms")


class SittingRoom(Base):
    __tablename__ = "sitting_room"

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("exam_room.id"), primary_key=True)

    room: Mapped[ExamRoom] = relationship(lazy="joined", innerjoin=True)


class Sitting(Versioned, Base):
    """One part at one site and time, or an online period. `taken` counts the seats; the database compares it. Taking a
    seat is no new version: that counts what staff change. Closed means that nobody new is taken in."""

    __tablename__ = "sitting"
    __table_args__ = (
        *whole("capacity", 0, 100_000),
        *whole("taken", 0, 100_000),
        *whole("minutes", 1, 1440),
        CheckConstraint("taken <= capacity", name="taken_within_capacity"),
        one_of("part", Part),
        Index("ix_sitting_of_window", "window_id", "part"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    window_id: Mapped[int] = mapped_column(ForeignKey("exam_window.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("exam_site.id"))
    part: Mapped[str] = mapped_column(String(20))
    online: Mapped[bool]
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    report_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    starts_at: Mapped[datetime] = mapped_column(UtcMoment)
    ends_at: Mapped[datetime] = mapped_column(UtcMoment)
    minutes: Mapped[int]
    closed_at: Mapped[datetime | None] = mapped_column(UtcMoment)

    window: Mapped[Window] = relationship()
    site: Mapped[ExamSite] = relationship(lazy="joined", innerjoin=True)
    rooms: Mapped[list[SittingRoom]] = relationship(order_by="SittingRoom.room_id", cascade="all, delete-orphan")

    @property
    def reference(self) -> str:
        return self.code

    @property
    def first_day(self) -> date:
        """The day in Beijing on which it begins."""
        return local_day(self.starts_at)

    @property
    def last_day(self) -> date:
        """The day on which its last moment lies: a period that ends at 0:00 of the 23rd ends with the 22nd."""
        return local_day(self.ends_at - timedelta(microseconds=1))

    @property
    def seats_left(self) -> int:
        return self.capacity - self.taken


class BookingMove(HistoryRow, Base):
    __tablename__ = "booking_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)


class Booking(Versioned, Base):
    """A learner's place in a sitting. `subject` is the reference of the application it belongs to (a later package)."""

    __tablename__ = "booking"
    __table_args__ = (
        one_of("state", BookingState),
        one_of("part", Part),
        # One seat and one place in a list for each part: whoever has a seat may wait for another one.
        Index("uq_booking_seated", "learner_id", "window_id", "part", unique=True,
              sqlite_where=text(SEATED_SQL), postgresql_where=text(SEATED_SQL)),
        Index("uq_booking_waiting", "learner_id", "window_id", "part", unique=True,
              sqlite_where=text(WAITING_SQL), postgresql_where=text(WAITING_SQL)),
        CheckConstraint("state <> 'offered' OR offer_ends_at IS NOT NULL", name="an_offer_has_an_end"),
        Index("uq_booking_seat", "sitting_id", "room_id", "seat_no", unique=True,
              sqlite_where=text(f"seat_no IS NOT NULL AND {LIVE_SQL}"),
              postgresql_where=text(f"seat_no IS NOT NULL AND {LIVE_SQL}")),
        Index("ix_booking_of_sitting", "sitting_id", "state"),
        Index("ix_booking_subject", "subject"),
    )
    history = BookingMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"), index=True)
    window_id: Mapped[int] = mapped_column(ForeignKey("exam_window.id"), index=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"))
    part: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(20))
    resit: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(20))
    booked_at: Mapped[datetime] = mapped_column(UtcMoment)
    held_until: Mapped[datetime | None] = mapped_column(UtcMoment)
    offer_ends_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    list_until: Mapped[datetime | None] = mapped_column(UtcMoment)  # an own, later end of the list for this person
    offer_warned_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("exam_room.id"))
    seat_no: Mapped[int | None]

    learner: Mapped[Learner] = relationship()
    window: Mapped[Window] = relationship()
    sitting: Mapped[Sitting] = relationship()
    room: Mapped[ExamRoom | None] = relationship()


class PassedOverPlace(Base):
    """Somebody on a list was passed over when a seat was free, and why: shown to them and to staff."""

    __tablename__ = "passed_over_place"
    __append_only__ = True
    __table_args__ = (one_of("reason", PassedOver),)

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    reason: Mapped[str] = mapped_column(String(20))
    passed_at: Mapped[datetime] = mapped_column(UtcMoment)


class PublishedPart(Base):
    """What a publication settled for one learner and part, without the mark: what a resit offer rests on. Results write
    it, which stand later. A pass is kept until a window (its code); a correction ends the row and adds another.

    A pass of before our first day is handed over instead: two people stand for it, `source` says where it is proved.
    """

    __tablename__ = "published_part"
    __table_args__ = (
        one_of("part", Part),
        one_of("verdict", PartVerdict),
        Index("uq_published_part_stands", "learner_id", "programme_id", "part", "window_code", unique=True,
              sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
        CheckConstraint("(recorded_by_id IS NULL) = (second_person_id IS NULL) AND (source = '') = "
                        "(recorded_by_id IS NULL) AND (recorded_by_id IS NULL OR recorded_by_id <> second_person_id)",
                        name="handed_over_by_two"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    part: Mapped[str] = mapped_column(String(20))
    window_code: Mapped[str] = mapped_column(String(6))
    verdict: Mapped[str] = mapped_column(String(20))
    kept_until: Mapped[str] = mapped_column(String(6), default="")
    settled_at: Mapped[datetime] = mapped_column(UtcMoment)
    ended_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    source: Mapped[str] = mapped_column(String(200), default="")
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    second_person_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
