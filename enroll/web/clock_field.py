"""A time of day as people enter it: hours and minutes, '17:00'."""

import re
from datetime import time
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import TimeField

SHAPE = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9](:00)?", re.ASCII)


class ClockTime(TimeField):
    """The data is the time of day without a zone, or None."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = str(valuelist[0]).strip() if valuelist else ""
        self.data = time.fromisoformat(text) if SHAPE.fullmatch(text) else None
        if text and self.data is None:
            raise ValueError(str(_l("Enter a time of day, for example 17:00.")))
