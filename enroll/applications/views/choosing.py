"""Sittings as the first page shows them: by day, with seats left in words, full ones as text."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from enroll.applications.forms.applying import WAIT
from enroll.sittings.models import Sitting
from enroll.web.language import show_clock, show_day, show_moment


@dataclass(frozen=True)
class Option:
    """One sitting. `left` None would mean no limit; 0 is shown as full, in text."""

    value: str
    time: str
    minutes: int
    site: str
    address: str
    left: int | None
    capacity: int
    label: str
    waiting: int = 0
    waiting_href: str = ""


@dataclass(frozen=True)
class Day:
    title: str
    note: str
    options: Sequence[Option]


@dataclass(frozen=True)
class Place:
    """A site to narrow the page to; choosing one chooses both parts there."""

    label: str
    small: str
    href: str
    current: bool


def days_of(
    rows: Sequence[Sitting], site: str = "", waiting: Mapping[int, int] | None = None, wait_in: Collection[str] = ()
) -> list[Day]:
    """The open sittings of one part, on site by their day, online periods by themselves. `waiting` counts the people on
    each list; the lists of `wait_in` can be chosen."""
    days: dict[str, list[Sitting]] = {}
    for one in rows:
        if one.closed_at is None and site in {"", one.site.code}:
            days.setdefault(_title(one), []).append(one)
    return [Day(title, _note(of), [_option(one, waiting, wait_in) for one in of]) for title, of in days.items()]


def all_of(rows: Sequence[Sitting], waiting: Mapping[int, int] | None = None) -> list[Day]:
    """Every one of these sittings to be chosen, by day; with `waiting`, for a place in its list."""
    return days_of(rows, "", waiting, [one.code for one in rows] if waiting is not None else ())


def labels_of(rows: Sequence[Sitting]) -> dict[str, str]:
    """How each sitting is called where the page sums up what is chosen."""
    labels = {one.code: _option(one).label for one in rows}
    return labels | {f"{WAIT}{code}": _("%(sitting)s (waiting list)", sitting=one) for code, one in labels.items()}


def places_of(rows: Sequence[Sitting], site: str) -> list[Place]:
    """Every site of a window with the seats that are left for its scarcest part."""
    sites = {one.site.code: one.site for one in rows if one.closed_at is None}
    found = [Place(_("All sites"), "", _here(site=None), not site)]
    for code, place in sites.items():
        left = min(max((one.seats_left for one in rows if one.site.code == code and one.part == part), default=0)
                   for part in {one.part for one in rows})
        small = _("full") if left <= 0 else ngettext("%(num)s seat left", "%(num)s seats left", left)
        found.append(Place(place.city or place.name, small, _here(site=code), code == site))
    return found


def _here(**asked: str | None) -> str:
    values: dict[str, Any] = {**(request.view_args or {}), **request.args.to_dict(), **asked}
    return url_for(str(request.endpoint), **values)


def _title(one: Sitting) -> str:
    return _("Online, any time of these days") if one.online else show_day(one.first_day)


def _note(of: Sequence[Sitting]) -> str:
    free = sum(1 for one in of if one.seats_left > 0)
    return _("%(free)s of %(all)s with seats left", free=free, all=len(of)) if len(of) > 1 else ""


def _option(one: Sitting, waiting: Mapping[int, int] | None = None, wait_in: Collection[str] = ()) -> Option:
    if one.online:
        time = f"{show_day(one.first_day)} – {show_day(one.last_day)}"
        label = _("online, %(from)s to %(to)s", **{"from": show_day(one.first_day), "to": show_day(one.last_day)})
    else:
        time = f"{show_clock(one.starts_at)} – {show_clock(one.ends_at)}"
        label = f"{show_moment(one.starts_at)} {one.site.city or one.site.name}"
    where, address = one.site.name, one.site.address or one.site.note
    before = (waiting or {}).get(one.id, 0)
    if one.seats_left <= 0 and one.code in wait_in:
        note = _("Full. You would be number %(number)s on the waiting list; no seat is held.", number=before + 1)
        return Option(f"{WAIT}{one.code}", time, one.minutes, f"{where}, {note}", address, None, 0,
                      _("%(sitting)s (waiting list)", sitting=label))
    href = _here(wait=one.code) if waiting is not None and one.seats_left <= 0 else ""
    left = max(one.seats_left, 0)
    return Option(one.code, time, one.minutes, where, address, left, one.capacity, label, before, href)
