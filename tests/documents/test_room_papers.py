"""The papers of a room: pages, order of desks, and what each paper keeps to itself."""

import io
from dataclasses import replace

from pypdf import PdfReader

from enroll.documents.room_papers import (
    RoomFacts,
    RoomPaper,
    SeatedPerson,
    SittingPapers,
    notice_lines,
    room_papers_pdf,
)
from enroll.foundation.masking import mask_name
from enroll.foundation.words import Bilingual
from tests.builders.exams import beijing_time
from tests.builders.papers import CAIP, DATED, words_of

CHART, NOTICE, SIGN_IN = RoomPaper


def people(number, name="张小三", **more):
    return tuple(SeatedPerson(seat, name, mask_name(name), f"T2701-{seat:04d}", f"{seat:03d}X", **more)
                 for seat in range(1, number + 1))


def papers(*rooms, **changes):
    facts = {
        "code": "202701-BJ01-T", "partner_name": "示例AI研习社", "programme": CAIP, "window": "202701",
        "part": Bilingual("理论考试", "Theory exam"), "site_name": "北京示范考点", "site_address": "示范路 1 号",
        "starts_at": beijing_time("2027-01-16 09:30"), "ends_at": beijing_time("2027-01-16 11:30"),
        "report_at": beijing_time("2027-01-16 08:50"), "rooms": rooms, "settled": "编排第 2 版已定稿", "draft": False,
        "printed_at": DATED, "lines": notice_lines(40, 5),
    }
    return SittingPapers(**(facts | changes))


def printed(kinds, *rooms, **changes):
    return room_papers_pdf(papers(*rooms, **changes), kinds, dated=DATED)


def pages(pdf):
    return PdfReader(io.BytesIO(pdf)).pages


def test_a_usual_room_stands_on_one_page_of_each_paper_and_a_large_one_on_equal_pages():
    usual, large = RoomFacts("301", 30, people(30)), RoomFacts("大厅", 100, people(70), across=8)
    assert len(pages(printed(list(RoomPaper), usual))) == 3
    sign_in = pages(printed([SIGN_IN], large))
    assert len(sign_in) == 3
    assert "T2701-0024" in sign_in[0].extract_text()
    assert "T2701-0025" in sign_in[1].extract_text(), "70 people are 24, 24 and 22, not 30, 30 and 10"
    assert [len(pages(printed([kind], large))) for kind in (CHART, NOTICE)] == [2, 2]
    assert len(pages(printed(list(RoomPaper), RoomFacts("303", 30, ())))) == 3, "an empty room is printed too"


def test_desks_are_counted_row_by_row_or_back_and_forth_as_the_room_says():
    room = RoomFacts("301", 7, (), across=3)
    assert room.rows() == [[1, 2, 3], [4, 5, 6], [7]]
    assert replace(room, serpentine=True).rows() == [[1, 2, 3], [6, 5, 4], [7]]


def test_each_paper_says_what_its_readers_need_and_no_more():
    room = RoomFacts("301", 30, people(3, note="延时 30 分钟"), accessible=True, place="三层")
    chart, notice, sign_in = (words_of(printed([kind], room)) for kind in RoomPaper)
    assert all(one in chart for one in ("座位表", "张小三", "延时30分钟", "无障碍考场", "三层", "编排第2版已定稿"))
    assert all(one in notice for one in ("张*三", "T2701-0001", "开考5分钟后不得入场", "第301考场"))
    assert "张小三" not in notice
    assert "延时" not in notice + sign_in, "the whole room reads these"
    assert all(one in sign_in for one in ("张小三", "001X", "考生签名", "监考员一", "第1页，共1页"))


def test_a_plan_that_is_not_settled_says_so_and_equal_facts_make_equal_bytes():
    room = RoomFacts("301", 30, people(2))
    assert words_of(printed([CHART], room, draft=True)) != words_of(printed([CHART], room))
    assert printed([CHART], room) == printed([CHART], room)


def test_one_rare_name_does_not_leave_the_room_without_its_sheet():
    room = RoomFacts("301", 30, (*people(1), *(replace(one, seat=2) for one in people(1, "李𠮷\u202e"))))
    said = words_of(printed([SIGN_IN], room))
    assert "李〓" in said
    assert "〓为字库缺字" in said
    assert "张小三" in said
