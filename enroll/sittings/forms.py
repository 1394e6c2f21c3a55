"""Planning a sitting: where, when, how many."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField
from wtforms.validators import NumberRange, Regexp

from enroll.programmes.models import Window
from enroll.sittings.lifecycle import PART_NAMES
from enroll.sittings.models import ExamSite, Sitting
from enroll.sittings.services.places import Room, Site
from enroll.sittings.services.planning import SittingDetails
from enroll.web.forms import ActForm, Line, Lines, Needed, Several, Whole, options
from enroll.web.language import translate
from enroll.web.moment_field import Moment


class WhereForm(FlaskForm):  # type: ignore[misc]
    """Which sitting to add, before its rooms can be shown; a GET form, nothing is changed."""

    class Meta:
        csrf = False

    window = SelectField(_l("Exam window"))
    site = SelectField(_l("Exam site"))
    part = SelectField(_l("Part"))

    def __init__(self, request: Request, windows: Sequence[Window], sites: Sequence[ExamSite]):
        super().__init__(request.args)
        self.window.choices = options((one.code, one.code) for one in windows)
        self.site.choices = options((one.code, f"{one.code} {one.name}") for one in sites)
        self.part.choices = options((str(part), translate(name)) for part, name in PART_NAMES.items())


class SittingForm(ActForm):
    """Times are Beijing time. Rooms are those of the site; an online period has none."""

    starts_at = Moment(_l("Starts"), [Needed()])
    ends_at = Moment(_l("Ends"), [Needed()])
    report_at = Moment(_l("Report on site by"))
    minutes = Whole(_l("Minutes of the exam"), [Needed(), NumberRange(1, 600, _l("Between 1 and 600 minutes."))])
    capacity = Whole(_l("Seats"), [Needed(), NumberRange(0, 100_000, _l("Between 0 and 100,000 seats."))])
    rooms = Several(_l("Rooms"))

    def __init__(self, site: ExamSite, *, kept: Sequence[str] = (), **kwargs: Any):
        super().__init__(**kwargs)
        self.kept = kept  # a retired room stays with the sitting that has it
        self.rooms.choices = options((room.code, f"{room.code} ({room.seats})") for room in site.rooms
                                     if room.retired_at is None or room.code in self.kept)
        if site.online:
            del self.report_at, self.rooms

    @property
    def details(self) -> SittingDetails:
        report_at: datetime | None = self.report_at.data if "report_at" in self else None
        rooms: list[str] = list(self.rooms.data or []) if "rooms" in self else []
        return SittingDetails(self.starts_at.data, self.ends_at.data, self.minutes.data or 0, self.capacity.data or 0,
                              report_at, rooms)

    @classmethod
    def of(cls, sitting: Sitting) -> "SittingForm":
        """The form as the sitting stands, carrying its version."""
        kept = [one.room.code for one in sitting.rooms]
        return cls(sitting.site, kept=kept, data={
            "starts_at": sitting.starts_at, "ends_at": sitting.ends_at, "report_at": sitting.report_at,
            "minutes": sitting.minutes, "capacity": sitting.capacity, "version": str(sitting.version),
            "rooms": kept,
        })


class CapacityForm(ActForm):
    capacity = Whole(_l("Seats"), [Needed(), NumberRange(0, 100_000, _l("Between 0 and 100,000 seats."))])


class ClosingForm(ActForm):
    reason = Lines(_l("Reason"), most=500)


CODE = Regexp(re.compile(r"[A-Z][A-Z0-9]{1,11}\Z"), message=_l("Capital letters and digits, for example BJ01."))
ROOM_CODE = Regexp(re.compile(r"[A-Za-z0-9]{1,12}(-[A-Za-z0-9]{1,12})?\Z"),
                   message=_l("Letters and digits, for example 301 or A-201."))


class SiteForm(ActForm):
    """What is said of an exam site."""

    name = Line(_l("Site name"), [Needed()], most=120)
    city = Line(_l("City"), most=60)
    address = Line(_l("Address"), most=200)
    telephone = Line(_l("Telephone"), most=60)
    contact = Line(_l("Contact at the site"), most=60)
    accessible = BooleanField(_l("Can be reached without steps"))
    note = Lines(_l("Note for learners"), most=500)

    def site(self, code: str) -> Site:
        return Site(code, self.name.data or "", city=self.city.data or "", address=self.address.data or "",
                    telephone=self.telephone.data or "", contact=self.contact.data or "",
                    accessible=self.accessible.data, note=self.note.data or "")


class NewSiteForm(SiteForm):
    code = Line(_l("Code"), [Needed(), CODE], most=12)


class RoomForm(ActForm):
    seats = Whole(_l("Seats"), [Needed(), NumberRange(1, 5000, _l("Between 1 and 5,000 seats."))])
    place = Line(_l("Where in the house"), most=60)
    across = Whole(_l("Desks in a row"), [Needed(), NumberRange(1, 20, _l("Between 1 and 20 desks."))])
    serpentine = BooleanField(_l("Every second row is counted backwards"))
    accessible = BooleanField(_l("Can be reached without steps"))

    def room(self, code: str) -> Room:
        return Room(code, self.seats.data or 0, self.place.data or "", self.accessible.data, self.across.data or 0,
                    self.serpentine.data)


class NewRoomForm(RoomForm):
    code = Line(_l("Room number"), [Needed(), ROOM_CODE], most=20)


class RetiringForm(ActForm):
    reason = Line(_l("Reason"), [Needed()], most=200)
