"""What the exam officer enters about a window: every date, in Beijing time."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import NumberRange, Regexp

from enroll.programmes.rules.windows import DATE_LABELS, MOMENTS, WindowDates
from enroll.web.forms import ActForm, Day, Line, Lines, Needed, Whole
from enroll.web.moment_field import Moment

DAYS = ("starts_on", "ends_on", "certificate_expected_on")


class WindowForm(ActForm):
    """Its date fields are those of WindowDates; they are added below, so that none can be forgotten."""

    code = Line(_l("Code (year and month)"), [Needed(), Regexp(
        "^(19|20)[0-9]{4}$", message=_l("Six digits: the year and the month, for example 202703."))], most=6)
    note = Lines(_l("Note for learners, for example which holidays moved a date"))

    def dates(self) -> WindowDates:
        names = [*DAYS, *MOMENTS]
        return WindowDates(code=self.code.data, **{name: self[name].data for name in names})

    def show_dates(self, dates: WindowDates) -> None:
        """Put these dates into the fields of a form that was not sent."""
        for name in ("code", *DAYS, *MOMENTS):
            self[name].data = getattr(dates, name)


for _name in WindowDates.__dataclass_fields__:
    if _name != "code":
        _kind: Any = Day if _name in DAYS else Moment
        setattr(WindowForm, _name, _kind(_l(DATE_LABELS[_name]), [Needed()]))


class FirstDayForm(ActForm):
    """From the first exam day the other dates are proposed."""

    starts_on = Day(_l("First exam day"), [Needed()])


class YearForm(ActForm):
    """A year whose windows are planned together."""

    year = Whole(_l("Year"), [Needed(), NumberRange(2020, 2100, _l("Between 2020 and 2100."))])
