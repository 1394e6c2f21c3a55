"""A moment as people enter it: wall-clock time in Beijing, whatever the browser's own zone."""

import re
from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.widgets import DateTimeLocalInput

from enroll.foundation.clock import SHANGHAI, beijing

SHAPE = re.compile(r"(20[0-9]{2}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(?::00)?", re.ASCII)


class Moment(Field):
    """'2026-12-24T17:00', as browsers send it; the data is the aware UTC moment, or None."""

    widget = DateTimeLocalInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = str(valuelist[0]).strip() if valuelist else ""
        self.data = None
        if not text:
            return
        self.data = moment_of(text)
        if self.data is None:
            raise ValueError(str(_l("Enter a day and time, for example 2026-12-24 17:00.")))

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return beijing(self.data).strftime("%Y-%m-%dT%H:%M") if self.data else ""


def moment_of(text: str) -> datetime | None:
    """The UTC moment of '2026-12-24T17:00' in Beijing; None for anything else."""
    found = SHAPE.fullmatch(text)
    if found is None:
        return None
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}").replace(tzinfo=SHANGHAI).astimezone(UTC)
    except ValueError:
        return None
