"""The printed documents: what is on them, and what they do with names nobody planned for."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from pypdf import PdfReader

from enroll.documents.papers import CourseHours, Paper, as_both, as_pdf
from enroll.documents.pdf import unprintable
from enroll.documents.refusals import DoesNotFit, GlyphMissing
from enroll.foundation.words import Bilingual
from tests.builders.papers import (
    DATED,
    a_confirmation,
    a_photo,
    a_proof,
    a_record,
    a_seated_part,
    a_ticket,
    words_of,
)

EVERY_PAPER = [a_proof, a_ticket, a_confirmation, a_record]
RARE_NAMES = ["李𬱖 阿依努尔·买买提江 䮌頔 陳嘉欣 囍㛃赟", "MARIA FERNANDA DE LA CRUZ SANTOS",
              "Zoë Nuñez-O'Brien Nguyễn Thị Ấn"]
HOSTILE_NAMES = [
    '<img src="http://127.0.0.1:1/x"></text><script>', '#import "@preview/x:1.0.0" #read("/etc/passwd")',
    "$ x^2 $ *b* _i_ `c` \\u{1F600} // c /* d */ <a> @ref {{7*7}} ${7*7} %s =HYPERLINK(1)",
]


def pages_of(pdf: bytes) -> int:
    return len(PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize("name", RARE_NAMES)
@pytest.mark.parametrize("make", EVERY_PAPER)
def test_a_name_comes_out_of_the_document_as_it_went_in(make, name):
    text = words_of(as_pdf(make(name=name), dated=DATED))
    assert name.replace(" ", "") in text


@pytest.mark.parametrize("name", HOSTILE_NAMES)
@pytest.mark.parametrize("make", EVERY_PAPER)
def test_markup_in_a_name_is_printed_as_it_stands(make, name):
    text = words_of(as_pdf(make(name=name), dated=DATED))
    assert re.sub(r"\s", "", name) in text


@pytest.mark.parametrize("make", EVERY_PAPER)
def test_equal_facts_make_equal_bytes_and_another_fact_other_bytes(make):
    first = as_pdf(make(), dated=DATED)
    assert as_pdf(make(), dated=DATED) == first
    assert as_pdf(make(name="王五"), dated=DATED) != first
    assert as_pdf(make(), dated=DATED + timedelta(microseconds=250_000)) == first, "clocks do not stop at seconds"


@pytest.mark.parametrize("make", EVERY_PAPER)
def test_a_document_is_dated_by_its_facts_and_keeps_personal_data_out_of_its_properties(make):
    read = PdfReader(io.BytesIO(as_pdf(make(), dated=DATED))).metadata
    assert read is not None
    assert read.creation_date == DATED
    assert make().name not in str(dict(read))
    assert make().document_number not in str(dict(read))


@pytest.mark.parametrize("make", EVERY_PAPER)
@pytest.mark.parametrize(("character", "named"), [("𠮷", "𠮷"), ("😀", "😀"), ("\x00", "U+0000"), ("\u202e", "U+202E"),
                                                 ("\ud800", "U+D800"), ("\u0e01", "\u0e01")])
def test_a_character_we_cannot_print_stops_the_document_and_is_named(make, character, named):
    for printing in (as_pdf, as_both):
        with pytest.raises(GlyphMissing) as refused:
            printing(make(name=f"李{character}"), dated=DATED)
        assert refused.value.characters == (named,)


def test_staff_can_ask_beforehand_which_characters_cannot_be_printed():
    assert unprintable("李𬱖 阿依努尔·买买提江") == ()
    assert set(unprintable("吉𠮷𠮷😀\u202e")) == {"𠮷", "😀", "U+202E"}
    assert unprintable("") == ()


@pytest.mark.parametrize("make", EVERY_PAPER)
@pytest.mark.parametrize("name", ["长" * 64, "WWWWWWWWWWWWWWWW " * 4, "长" * 5000, "W" * 5000, "a " * 2500])
def test_a_name_of_any_length_shrinks_or_is_refused_by_the_name_of_its_field(make, name):
    if len(name) > 100:
        with pytest.raises(DoesNotFit) as refused:
            as_pdf(make(name=name), dated=DATED)
        assert refused.value.values["field"] == "name"
        return
    made = as_pdf(make(name=name), dated=DATED)
    assert pages_of(made) == 1
    assert re.sub(r"\s", "", name) in words_of(made)


def test_one_hundred_courses_are_refused_rather_than_printed_over_three_pages():
    with pytest.raises(DoesNotFit) as refused:
        as_pdf(a_proof(courses=100), dated=DATED)
    assert refused.value.values["field"] == "pages"


def test_a_long_proof_takes_a_second_page_that_says_so_and_repeats_its_number():
    made = as_pdf(a_proof(courses=24), dated=DATED)
    second = PdfReader(io.BytesIO(made)).pages[1].extract_text()
    assert pages_of(made) == 2
    assert "P2611-0042" in second
    assert "第2页，共2页" in re.sub(r"\s", "", second)


def test_the_proof_states_hours_unit_partner_and_that_it_is_no_certificate():
    text = words_of(as_pdf(a_proof(), dated=DATED))
    for expected in ("学时证明", "P2611-0042", "110***********1013", "居民身份证", "示例AI研习社", "TX01",
                     "2026年9月1日至2026年11月20日", "36学时", "1,620分钟", "1学时=45分钟", "在线学习", "900", "720",
                     "智能体制作", "2026年11月22日", "不是证书",
                     "https://enroll.example.org/verify/k3v9q2m7x4t8w1z6p5r0", "9f86d081884c7d65"):
        assert expected in text


def test_hours_on_the_proof_are_rounded_down_and_35_is_not_claimed_one_minute_early():
    short = CourseHours("G1", "人工智能通识", "通用部分", (1000, 574))
    text = words_of(as_pdf(replace(a_proof(), courses=(short,), total_minutes=1574), dated=DATED))
    assert "34.9学时" in text
    assert "35学时" not in text


def test_a_proof_whose_courses_do_not_add_up_cannot_be_made():
    with pytest.raises(ValueError, match="add up"):
        a_proof(total_minutes=1621)


def test_the_ticket_states_who_sits_what_where_and_when():
    text = words_of(as_pdf(a_ticket(), dated=DATED))
    for expected in ("准考证", "T2701-BJ01-0017", "女", "110199199003121021", "理论考试", "实践考核",
                     "2027年1月16日（周六）", "09:30–11:30", "14:30–16:30", "09:10前", "北京示范考点", "学院示例路1号",
                     "010-00000000", "301", "17", "考生须知", "第1版"):
        assert expected in text


def test_the_ticket_carries_the_photo_and_takes_three_parts_on_its_one_page():
    parts = tuple(a_seated_part(Bilingual("理论考试"), 9, site_telephone="") for _ in range(3))
    made = as_pdf(a_ticket(parts=parts, arrangements="延长考试时间 30 分钟"), dated=DATED)
    assert pages_of(made) == 1
    images = [image.image for image in PdfReader(io.BytesIO(made)).pages[0].images]
    assert [(image.width, image.height) for image in images if image] == [(295, 413)]


def test_too_many_rules_for_the_ticket_are_refused_and_not_cut():
    with pytest.raises(DoesNotFit):
        as_pdf(a_ticket(rules=("对号入座。" * 20,) * 40), dated=DATED)


def test_an_online_period_that_ends_at_midnight_is_said_as_24_hours_of_its_last_day():
    text = words_of(as_pdf(a_confirmation(), dated=DATED))
    assert "2027年1月16日00:00至2027年1月22日24:00（北京时间）" in text
    assert "caip-0311" in text
    assert "待发证机构提供，将另行通知" in text


def test_the_record_says_whose_record_it_is_and_who_issues():
    text = words_of(as_pdf(a_record(), dated=DATED))
    for expected in ("证书信息登记单", "合作机构记录，不是证书", "CAIP-202609-TX01-00031-7",
                     "中经数（北京）数据应用技术研究院", "中国信息协会市场研究业分会",
                     "2026年11月18日", "合格", "由发证机构审定、编号和颁发"):
        assert expected in text
    assert "有效期至" not in text


def test_only_demonstration_documents_say_so():
    assert "演示数据" in words_of(as_pdf(a_record(), dated=DATED))
    assert "演示数据" not in words_of(as_pdf(a_record(demo=False), dated=DATED))


@pytest.mark.parametrize("make", EVERY_PAPER)
def test_phones_get_the_first_page_as_a_picture(make):
    picture = Image.open(io.BytesIO(as_both(make(), dated=DATED)[1]))
    assert picture.format == "PNG"
    assert abs(picture.height / picture.width - 297 / 210) < 0.01
    assert picture.width >= 1100
    assert sum(1 for shade in picture.convert("L").histogram() if shade) > 10


def test_a_seal_is_printed_when_there_is_one():
    sealed = as_pdf(a_proof(seal=a_photo(300, 300)), dated=DATED)
    assert len(PdfReader(io.BytesIO(sealed)).pages[0].images) == 1
    assert "加盖机构印章后有效" not in words_of(sealed)
    assert "加盖机构印章后有效" in words_of(as_pdf(a_proof(), dated=DATED))


def test_many_threads_print_at_once_and_each_gets_its_own_document():
    def printed(place: int) -> tuple[int, bytes]:
        return place, as_pdf(a_record(name=f"考生{place}"), dated=DATED + timedelta(seconds=place))

    with ThreadPoolExecutor(6) as threads:
        for place, made in threads.map(printed, range(24)):
            assert f"考生{place}" in words_of(made)


def test_every_paper_asks_for_the_same_kind_of_moment():
    paper: Paper = a_record()
    assert as_pdf(paper, dated=datetime(2026, 11, 22, 10, 0, tzinfo=UTC)) != as_pdf(paper, dated=DATED)
