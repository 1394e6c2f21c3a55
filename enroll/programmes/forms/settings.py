"""What the administrator enters: the organisation, dated figures and prices, holidays, announcements."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField

from enroll.programmes.rules.advertising import LONGEST, WHERE_NAMES
from enroll.web.forms import ActForm, Day, Line, Lines, Needed, options
from enroll.web.language import translate
from enroll.web.moment_field import Moment
from enroll.web.yuan_field import Yuan


class DatedForm(ActForm):
    """A value from one day on, with its source."""

    from_on = Day(_l("From this day on"), [Needed()])
    official = BooleanField(_l("Stated by the issuing body (otherwise it is our assumption)"))
    source = Line(_l("Source: who says so, in which document, of which day"), [Needed()])


class PriceForm(ActForm):
    amount = Yuan(_l("New price (yuan)"), [Needed()])
    from_on = Day(_l("From this day on"), [Needed()])
    source = Line(_l("Source: who decided it, and when"), [Needed()])


class HolidayForm(ActForm):
    title = Line(_l("Name of the holiday"), [Needed()], most=60)
    from_on = Day(_l("First day off"), [Needed()])
    until_on = Day(_l("Last day off"), [Needed()])
    confirmed = BooleanField(_l("Confirmed by the official notice"))
    note = Line(_l("Note"))


class ConfirmHolidayForm(ActForm):
    from_on = Day(_l("First day off"), [Needed()])
    until_on = Day(_l("Last day off"), [Needed()])
    note = Line(_l("Note"))


class WorkdayForm(ActForm):
    on = Day(_l("Weekend day that is worked"), [Needed()])
    confirmed = BooleanField(_l("Confirmed by the official notice"))


class AnnouncementForm(ActForm):
    title_zh = Line(_l("Title (Chinese)"), [Needed()])
    body_zh = Lines(_l("Text (Chinese)"), [Needed()])
    title_en = Line(_l("Title (English)"), most=300)
    body_en = Lines(_l("Text (English)"))
    publish_at = Moment(_l("Shown from"), [Needed()])
    pinned = BooleanField(_l("Pinned to the top"))
    quotation = Lines(_l("Why such words stand here (a quotation)"), most=500)


class WordingForm(ActForm):
    """A phrase that may not stand in what is published."""

    phrase = Line(_l("Phrase"), [Needed()], most=LONGEST)
    where = RadioField(_l("Where it may not stand"), [Needed()], choices=[])
    source = Line(_l("Source: who says so, in which document, of which day"), [Needed()], most=300)
    from_on = Day(_l("From this day on"), [Needed()])

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.where.choices = options((str(code), translate(name)) for code, name in WHERE_NAMES.items())


class OrganisationForm(ActForm):
    full_name = Line(_l("Name of the authorised partner"), [Needed()], most=120)
    short_name = Line(_l("Short name"), [Needed()], most=60)
    telephone = Line(_l("Telephone"), most=40)
    email = Line(_l("E-mail"), most=200)
    address = Line(_l("Address"))
    opening_times = Line(_l("Opening hours"), most=120)
    issuer_contact = Line(_l("Contact of the issuing bodies (shown with the consent)"))
    lookup_url = Line(_l("Address where the issuing body answers about a number"))
    how_to_pay_zh = Lines(_l("How to pay (Chinese)"))
    how_to_pay_en = Lines(_l("How to pay (English)"))
    icp = Line(_l("ICP filing number"), most=60)
    police = Line(_l("Public security filing number"), most=60)
