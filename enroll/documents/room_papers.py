"""The papers of an exam room: seat chart 座位表, door notice 门贴, sign-in sheet 签到表. Facts in, one PDF out."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from enroll.documents.papers import WEEKDAYS, day_zh, show_span, shown_moment
from enroll.documents.pdf import render
from enroll.documents.refusals import GlyphMissing
from enroll.foundation.clock import beijing
from enroll.foundation.words import N_, Bilingual

GETA = "〓"
"""Stands for a character that no font of ours has: one rare name must not leave a whole room without its sheet."""

SIGN_IN_ROWS = 30
"""Lines of a sign-in sheet: the usual exam room stands on one page."""
NOTICE_ROWS = 60
CHART_ROWS = 7
"""Rows of desks on one page of a seat chart."""
MOST_ROUNDS = 4


class RoomPaper(StrEnum):
    CHART = "chart"
    NOTICE = "notice"
    SIGN_IN = "sign_in"


ROOM_PAPER_NAMES = {RoomPaper.CHART: N_("Seat chart"), RoomPaper.NOTICE: N_("Notice for the door"),
                    RoomPaper.SIGN_IN: N_("Sign-in sheet")}


@dataclass(frozen=True)
class SeatedPerson:
    """One seat that is taken. `masked` is what hangs on the wall; `note` (accommodations) is for invigilators, so the
    chart alone bears it: the sign-in sheet passes through everybody's hands."""

    seat: int
    name: str
    masked: str
    ticket_no: str
    tail: str
    note: str = ""


@dataclass(frozen=True)
class RoomFacts:
    """A room as it is used. Desks stand in rows of `across`, counted from the front; in a `serpentine` room every
    second row is counted backwards."""

    code: str
    seats: int
    people: tuple[SeatedPerson, ...]
    across: int = 6
    serpentine: bool = False
    accessible: bool = False
    place: str = ""

    def rows(self) -> list[list[int]]:
        """Seat numbers as they stand, row by row from the front, left to right as seen from behind."""
        found = [list(range(first, min(first + self.across, self.seats + 1)))
                 for first in range(1, self.seats + 1, self.across)]
        if not self.serpentine:
            return found
        return [list(reversed(row)) if place % 2 else row for place, row in enumerate(found)]


@dataclass(frozen=True, kw_only=True)
class SittingPapers:
    """What all papers of a sitting state. `settled` says which plan they show and whether it is frozen; a plan that
    is not is marked as a draft on every page. `lines` are said on the notice."""

    code: str
    partner_name: str
    programme: Bilingual
    window: str
    part: Bilingual
    site_name: str
    site_address: str
    starts_at: datetime
    ends_at: datetime
    report_at: datetime | None
    rooms: tuple[RoomFacts, ...]
    settled: str
    draft: bool
    printed_at: datetime
    lines: tuple[str, ...] = ()
    demo: bool = False

    def facts(self, kinds: Sequence[RoomPaper]) -> dict[str, Any]:
        """The values the template asks for: one page after the other, room by room."""
        starts = beijing(self.starts_at)
        stated = {name: value for name, value in asdict(self).items() if name != "rooms"}
        return stated | {
            "title": "、".join(TITLES[one][0] for one in kinds), "kinds": [str(one) for one in kinds],
            "day": f"{day_zh(starts.date())}（周{WEEKDAYS[starts.weekday()]}）",
            "time": show_span(self.starts_at, self.ends_at),
            "report": f"{beijing(self.report_at):%H:%M}" if self.report_at else "",
            "printed": shown_moment(self.printed_at),
            "sheets": [sheet for room in self.rooms for kind in kinds for sheet in _sheets(room, kind)],
        }


TITLES = {RoomPaper.CHART: ("座位表", "Seat chart"), RoomPaper.NOTICE: ("考场门贴", "Door notice"),
          RoomPaper.SIGN_IN: ("考生签到表", "Sign-in sheet")}


def notice_lines(arrive_before: int | None, late_limit: int | None) -> tuple[str, ...]:
    """What hangs at the door, in Chinese as the papers are; minutes from the programme's rules."""
    said = ["凭准考证和报名所用身份证件原件入场，对号入座。"]
    said += [f"开考前 {arrive_before} 分钟开始入场。"] if arrive_before is not None else []
    said += [f"开考 {late_limit} 分钟后不得入场。"] if late_limit is not None else []
    return (*said, "手机、智能手表、耳机等电子设备关机后放到指定位置。")


def room_papers_pdf(papers: SittingPapers, kinds: Sequence[RoomPaper], *, dated: datetime) -> bytes:
    """Papers of these kinds for every room, as one PDF/A; equal facts give equal bytes. A character that cannot be
    printed becomes 〓, and the sheet says so. Raises DoesNotFit. Slow: never inside a transaction."""
    shown = papers
    for _ in range(MOST_ROUNDS):
        try:
            return render("room_papers", shown.facts(kinds) | {"geta": shown is not papers}, dated=dated)
        except GlyphMissing as missing:  # the press names invisible characters first, those without a glyph after
            shown = _without(shown, missing.characters)
    return render("room_papers", shown.facts(kinds) | {"geta": True}, dated=dated)


def _without(papers: SittingPapers, characters: Sequence[str]) -> SittingPapers:
    # Invisible characters are named U+200E, and a font's cluster may be longer than one: both become one geta.
    lost = {chr(int(one[2:], 16)) if one.startswith("U+") else one for one in characters}

    def shown(text: str) -> str:
        for one in lost:
            text = text.replace(one, GETA)
        return text

    return replace(papers, rooms=tuple(
        replace(room, people=tuple(replace(one, name=shown(one.name), masked=shown(one.masked))
                                   for one in room.people)) for room in papers.rooms))


def _sheets(room: RoomFacts, kind: RoomPaper) -> list[dict[str, Any]]:
    common = {"kind": str(kind), "zh": TITLES[kind][0], "en": TITLES[kind][1], "room": room.code, "place": room.place,
              "expected": len(room.people), "seats": room.seats, "accessible": room.accessible}
    pages = _chart_pages(room) if kind is RoomPaper.CHART else _row_pages(
        room, SIGN_IN_ROWS if kind is RoomPaper.SIGN_IN else NOTICE_ROWS)
    return [{**common, **page, "page": number, "pages": len(pages)} for number, page in enumerate(pages, 1)]


def _row_pages(room: RoomFacts, most: int) -> list[dict[str, Any]]:
    """People in pages of equal length, at most so many on one."""
    count = max(1, math.ceil(len(room.people) / most))
    size = max(1, math.ceil(len(room.people) / count))
    return [{"people": [asdict(one) for one in room.people[first:first + size]]}
            for first in range(0, max(1, len(room.people)), size)]


def _chart_pages(room: RoomFacts) -> list[dict[str, Any]]:
    sitting = {one.seat: asdict(one) for one in room.people}
    rows = [[{"seat": seat, "person": sitting.get(seat)} for seat in row] for row in room.rows()]
    return [{"across": room.across, "rows": rows[first:first + CHART_ROWS], "front": first == 0}
            for first in range(0, len(rows), CHART_ROWS)]
