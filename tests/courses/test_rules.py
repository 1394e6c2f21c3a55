"""What a practical task takes, how it is marked, and which lesson comes next."""

import pytest

from enroll.courses.rules.plan import LessonState, LessonView, lesson_state, next_lesson
from enroll.courses.rules.practice import (
    ANY,
    MB,
    Deliverable,
    WorkFacts,
    deliverable_named,
    extension,
    file_faults,
    rubric_faults,
    still_to_add,
    trainer_is_another_person,
    work_is_complete,
)
from enroll.foundation.actor import Actor
from enroll.foundation.text import clean_file_name

PDF = Deliverable("简报 PDF", ("pdf",), 20)


@pytest.mark.parametrize(
    ("text", "formats", "most", "link"),
    [
        ("简报 PDF（不超过3页）", ("pdf",), 20, False),
        ("来源清单 XLSX（不少于8条，注明访问日期）", ("xlsx",), 20, False),
        ("视频 MP4（1080p，不超过200MB）", ("mp4",), 200, False),
        ("讲解视频 MP4（不超过5分钟）", ("mp4",), 200, False),
        ("清洗后数据 CSV", ("csv",), 20, False),
        ("授权与标识说明", ANY, 20, False),
        ("智能体链接或导出文件", ANY, 20, True),
    ],
)
def test_a_line_of_the_course_says_which_files_are_taken(text, formats, most, link):
    wanted = deliverable_named(text)
    assert (wanted.formats, wanted.max_mb, wanted.link) == (formats, most, link)
    assert Deliverable.of(wanted.as_json()) == wanted


def test_a_screenshot_may_be_a_picture():
    assert {"png", "jpg", "pdf"} <= set(deliverable_named("看板截图或文件").formats)


@pytest.mark.parametrize(
    ("name", "size", "head", "codes"),
    [
        ("a.pdf", 100, b"%PDF-1.7", set()),
        ("A.PDF", 100, b"%PDF-1.7", set()),
        ("a.pdf", 0, b"", {"file_empty"}),
        ("a.pdf", 100, b"MZ\x90\x00", {"file_content"}),
        ("a.pdf", 100, b"<html><script>", {"file_content"}),
        ("a.exe", 100, b"MZ\x90\x00", {"file_kind"}),
        ("pdf", 100, b"%PDF-", {"file_kind"}),
        ("a.pdf", 20 * MB, b"%PDF-1.7", set()),
        ("a.pdf", 20 * MB + 1, b"%PDF-1.7", {"file_large"}),
    ],
)
def test_a_file_is_taken_by_its_name_its_first_bytes_and_its_size(name, size, head, codes):
    assert {fault.code for fault in file_faults(name, size, head, PDF)} == codes


@pytest.mark.parametrize(
    ("kind", "head", "taken"),
    [
        ("mp4", b"\x00\x00\x00\x18ftypmp42", True), ("mp4", b"RIFF....", False),
        ("csv", "日期,数量\n".encode(), True), ("csv", b"PK\x03\x04", False), ("csv", b"a\x00b", False),
        ("docx", b"PK\x03\x04", True), ("docx", b"\xd0\xcf\x11\xe0", False), ("png", b"\x89PNG\r\n\x1a\n", True),
    ],
)
def test_what_is_inside_is_what_the_name_says(kind, head, taken):
    wanted = Deliverable("x", (kind,), 20)
    assert (file_faults(f"a.{kind}", 10, head, wanted) == ()) is taken


@pytest.mark.parametrize(("name", "ending"), [("a.b.PDF", "pdf"), ("none", ""), (".pdf", "pdf"), ("a.", "")])
def test_the_ending_is_what_stands_after_the_last_dot(name, ending):
    assert extension(name) == ending


def test_a_link_in_the_note_does_where_a_link_is_asked_for():
    bot = Deliverable("智能体链接或导出文件", ANY, 20, link=True)
    assert still_to_add([bot, PDF], ["简报 PDF"], "") == (bot.name,)
    assert still_to_add([bot, PDF], ["简报 PDF"], "见 https://bot.example/1") == ()
    assert still_to_add([bot, PDF], [], "https://bot.example/1") == (PDF.name,)


def test_work_is_complete_with_every_deliverable_and_never_empty():
    assert work_is_complete(WorkFacts(1)) is None
    assert work_is_complete(WorkFacts(1, empty=True)).code == "no_file"
    assert dict(work_is_complete(WorkFacts(1, missing=("a", "b"))).words.values)["names"] == ("a", "b")


def test_nobody_marks_their_own_work():
    assert trainer_is_another_person(WorkFacts(7), Actor(7, "me")).code == "own_record"
    assert trainer_is_another_person(WorkFacts(7), Actor(8, "trainer")) is None


RUBRIC = [{"zh": "完整", "en": "Complete", "points": 40}, {"zh": "合规", "en": "Rules", "points": 10}]


@pytest.mark.parametrize(
    ("points", "wrong"),
    [
        ({0: 40, 1: 0}, set()), ({0: 41, 1: 10}, {"points_0"}), ({0: 40}, {"points_1"}),
        ({0: -1, 1: None}, {"points_0", "points_1"}),
    ],
)
def test_points_are_there_and_within_their_bounds(points, wrong):
    assert {fault.field for fault in rubric_faults(RUBRIC, points)} == wrong


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ((30, 30, 30, 0, ""), "done"), ((30, 0, 0, 0, ""), "open"), ((30, 10, 10, 0, ""), "begun"),
        ((30, 0, 5, 0, ""), "begun"), ((30, 0, 30, 30, ""), "in_doubt"), ((90, 0, 0, 0, "handed_in"), "handed_in"),
        ((90, 0, 0, 0, "returned"), "returned"), ((90, 0, 0, 0, "draft"), "begun"),
        ((90, 90, 0, 0, "accepted"), "done"),
    ],
)
def test_the_state_of_a_lesson_follows_from_its_minutes_and_its_work(facts, state):
    minutes, credited, studied, in_doubt, work = facts
    assert lesson_state(minutes=minutes, credited=credited, studied=studied, in_doubt=in_doubt, work=work) == state


def lesson(code, state):
    return LessonView("G1", code, code, "reading", "knowledge", 30, 0, 0, LessonState(state))


@pytest.mark.parametrize(
    ("states", "touched", "chosen"),
    [
        (["done", "open", "open"], "", "1"), (["done", "open", "begun"], "2", "2"),
        (["open", "returned", "open"], "", "1"), (["open", "returned", "begun"], "2", "2"),
        (["done", "handed_in", "in_doubt"], "", None), (["done", "done"], "1", None),
    ],
)
def test_one_goes_on_with_what_was_begun_then_with_what_came_back_then_in_order(states, touched, chosen):
    found = next_lesson([lesson(str(place), state) for place, state in enumerate(states)], touched)
    assert (found.code if found else None) == chosen


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../x.pdf", "x.pdf"), ("C:\\temp\\x.pdf", "x.pdf"), ("a\r\nSet-Cookie: b.pdf", "aSet-Cookie: b.pdf"),
        ("a\x00b.pdf", "ab.pdf"), ("...", "file"), ("", "file"), ("\u202egpj.exe", "gpj.exe"),
        ("x" * 300, "x" * 120), ("é.pdf", "é.pdf"), ("  a   b.pdf ", "a b.pdf"),
    ],
)
def test_a_file_s_name_keeps_no_folder_and_nothing_invisible(name, kept):
    assert clean_file_name(name) == kept
