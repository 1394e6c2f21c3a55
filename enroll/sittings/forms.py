"""Planning a sitting: where, when, how many."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.validators import NumberRange

from enroll.programmes.models import Window
from enroll.sittings.lifecycle import PART_NAMES
from enroll.sittings.models import ExamSite, Sitting
from enroll.sittings.services.planning import SittingDetails
from enroll.web.forms import ActForm, Lines, Needed, Several, Whole, options
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

    def __init__(self, site: ExamSite, **kwargs: Any):
        super().__init__(**kwargs)
        self.rooms.choices = options((room.code, f"{room.code} ({room.seats})") for room in site.rooms)
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
        return cls(sitting.site, data={
            "starts_at": sitting.starts_at, "ends_at": sitting.ends_at, "report_at": sitting.report_at,
            "minutes": sitting.minutes, "capacity": sitting.capacity, "version": str(sitting.version),
            "rooms": [one.room.code for one in sitting.rooms],
        })


class CapacityForm(ActForm):
    capacity = Whole(_l("Seats"), [Needed(), NumberRange(0, 100_000, _l("Between 0 and 100,000 seats."))])


class ClosingForm(ActForm):
    reason = Lines(_l("Reason"), most=500)
