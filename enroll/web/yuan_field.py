"""An amount of money as people enter it: yuan with at most two decimals; the data is whole fen."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.widgets import TextInput

from enroll.foundation.money import fen_of


class Yuan(Field):
    """'480' or '480.00'; no sign, no comma, no full-width digits. The data is fen, or None."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = str(valuelist[0]).strip() if valuelist else ""
        self.data = fen_of(text)
        if text and self.data is None:
            raise ValueError(str(_l("Enter yuan with at most two decimals, for example 480.00.")))

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data // 100}.{self.data % 100:02d}"
