"""A reason of the library, in both languages."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from enroll.applications.rules.items import ITEM_NAMES
from enroll.learners.models import Reason
from enroll.learners.rules.reasons import OUTCOMES, ReasonWords
from enroll.web.forms import ActForm, Line, Lines, options
from enroll.web.language import translate


class ReasonForm(ActForm):
    item = SelectField(_l("Item"))
    outcome = SelectField(_l("Used"))
    words_zh = Line(_l("Reason, Chinese"), most=200)
    words_en = Line(_l("Reason, English"), most=300)
    advice_zh = Lines(_l("What to do, Chinese"), most=300)
    advice_en = Lines(_l("What to do, English"), most=400)
    example_zh = Lines(_l("Example, Chinese"), most=300)
    example_en = Lines(_l("Example, English"), most=400)
    why = Line(_l("Why it is worded anew"), most=200)

    def __init__(self, row: Reason | None = None, **kwargs: Any):
        super().__init__(obj=row, **kwargs)
        self.item.choices = options((str(one), translate(name)) for one, name in ITEM_NAMES.items())
        self.outcome.choices = options((key, translate(name)) for key, name in OUTCOMES.items())
        if row is not None:
            del self.item

    def words(self) -> ReasonWords:
        return ReasonWords(**{name: str(self[name].data or "") for name in ReasonWords.__dataclass_fields__})
