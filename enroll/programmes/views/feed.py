"""Windows as an iCalendar file. Identifiers are stable, so that a date that moves replaces the old one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from icalendar import Alarm, Calendar, Event

from enroll.programmes.lifecycle import WindowState
from enroll.programmes.models import Window
from enroll.programmes.rules.windows import BEGINNINGS, Milestone, milestone
from enroll.web.addresses import outside_url
from enroll.web.language import translate

SHOWN = (
    "opens_at", "closes_at", "resit_closes_at", "payment_due_at", "ticket_from", "scores_publish_at",
    "score_review_closes_at", "certificate_expected_on",
)
WARNED_BEFORE = (timedelta(days=3), timedelta(days=1))


@dataclass(frozen=True)
class _Made:
    maker: str
    page: str
    at: datetime


def calendar_of(windows: Sequence[Window], maker: str, now: datetime) -> bytes:
    """`maker` is the partner's code: with the window's code it makes each identifier unique in the world."""
    made = _Made(maker.lower() or "partner", outside_url("programmes.windows"), now)
    calendar = Calendar()
    calendar.add("prodid", "-//Enroll//Exam windows//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("Exam windows"))
    calendar.add("x-wr-timezone", "Asia/Shanghai")
    for window in windows:
        calendar.add_component(_exam_days(window, made))
        for name in SHOWN:
            calendar.add_component(_date(window, milestone(window.dates, name), made))
    content: bytes = calendar.to_ical()
    return content


def _date(window: Window, date: Milestone, made: _Made) -> Event:
    event = _event(window, date.name, translate(date.label), made)
    event.add("dtstart", date.day or date.at)
    if date.name not in BEGINNINGS and date.day is None:
        for before in WARNED_BEFORE:
            event.add_component(_alarm(before, str(event["summary"])))
    return event


def _exam_days(window: Window, made: _Made) -> Event:
    event = _event(window, "exam", _("Exam days"), made)
    event.add("dtstart", window.starts_on)
    event.add("dtend", window.ends_on + timedelta(days=1))
    return event


def _event(window: Window, name: str, words: str, made: _Made) -> Event:
    event = Event()
    event.add("uid", f"{window.code}-{name}@{made.maker}.enroll")
    event.add("dtstamp", made.at)
    event.add("sequence", window.version)
    event.add("summary", _("Window %(code)s: %(what)s", code=window.code, what=words))
    event.add("url", f"{made.page}#w{window.code}")
    event.add("status", "CANCELLED" if window.state == WindowState.CANCELLED else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event


def _alarm(before: timedelta, words: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", -before)
    return alarm
