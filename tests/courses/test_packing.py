"""A course out as a zip and in again: the same comes back, tricks and faults are named by file and line."""

import io
import zipfile

import pytest
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.courses.models.editions import Course, CourseEdition
from enroll.courses.queries.editions import edition_at, lesson_of_edition, newest_edition
from enroll.courses.rules.packing import MOST_ENTRIES, unpack
from enroll.courses.services.packing import export_course
from enroll.storage.database import db, transaction
from tests.builders.courses import the_courses
from tests.builders.study import a_person, a_student
from tests.pages import fetched, fields_of, form_on, press, text_of

OUTLINE = """code: H1
title: 写作
section: general
modules:
- code: H1-M1
  title: 起步
  lessons:
  - {id: H1-M1-L1, title: 句子, type: reading, kind: knowledge, credit_minutes: 30, text_file: lessons/a.md}
  - {id: H1-M1-P1, title: 作业, type: practice, kind: practice, credit_minutes: 90, deliverables: [报告 PDF]}
"""


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()


def with_outline(text):
    return zipped({"course.yaml": text, "lessons/a.md": "# 句子\n"})


def link():
    info = zipfile.ZipInfo("a")
    info.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(info, "/etc/passwd")
    return out.getvalue()


@pytest.mark.parametrize(("content", "code", "line"), [
    (b"no zip", "zip_unreadable", 0),
    (b"PK\x03\x04" + bytes(40), "zip_unreadable", 0),
    (zipped({"../course.yaml": OUTLINE}), "zip_path", 0),
    (zipped({"/course.yaml": OUTLINE}), "zip_path", 0),
    (zipped({"a/../../b": "x"}), "zip_path", 0),
    (zipped({"C:/b": "x"}), "zip_path", 0),
    (link(), "zip_path", 0),
    (zipped({"a.md": "x", "A.MD": "y"}), "zip_twice", 0),
    (zipped({"course.yaml": OUTLINE, "big": bytes(3_000_000)}), "zip_bomb", 0),
    (zipped({str(number): "" for number in range(MOST_ENTRIES + 1)}), "zip_many", 0),
    (zipped({"lessons/a.md": "x"}), "outline_missing", 0),
    (with_outline("a: 1\nb: [1"), "yaml", 2),
    (with_outline("a: &x [1]\nb: *x"), "yaml", 0),
    (with_outline("- 1"), "outline_form", 1),
    (with_outline(OUTLINE.replace("title: 句子, ", "")), "missing", 8),
    (with_outline(OUTLINE.replace("30", "viele")), "whole", 8),
    (with_outline(OUTLINE.replace("lessons/a.md", "lessons/b.md")), "file_missing", 8),
    (with_outline(OUTLINE.replace("H1-M1-P1", "H1-M1-L1")), "code_twice", 9),
    (with_outline(OUTLINE.replace("code: H1\n", "code: h 1\n")), "code", 1),
])  # fmt: skip
def test_tricks_and_faults_are_named_by_line(content, code, line):
    found = {one.problem.code: one.line for one in unpack(content).faults}
    assert code in found, found
    assert line in (0, found[code])


def sent(browser, content, name="course.zip"):
    page = browser.get("/staff/courses/import")
    form = form_on(page, "/staff/courses/import")
    return browser.post("/staff/courses/import", data=fields_of(form) | {"file": (io.BytesIO(content), name)})


def test_what_was_taken_out_comes_in_again_the_same_and_once(session, sign_in):
    a_student()
    the_courses()
    trainer = sign_in(a_person("trainer", Role.TRAINER))
    content = fetched(trainer, "/staff/courses/G1/1/export.zip").get_data()
    assert unpack(content).faults == ()

    # The newest edition holds exactly this: nothing to take in.
    preview = sent(trainer, content).location
    assert "内容与该文件完全相同" in text_of(press(trainer, preview, "/apply"))

    # As another course: its codes changed in the outline and in the names of its texts.
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        other = zipped({info.filename.replace("G1", "H1"): packed.read(info).replace(b"G1-M", b"H1-M").replace(
            b"code: G1\n", b"code: H1\n").replace(b"quiz: H1-M1-Q", b"quiz: G1-M1-Q") for info in packed.infolist()})
    preview = sent(trainer, other).location
    assert "H1-M1-L4" in text_of(trainer.get(preview))
    taken = press(trainer, preview, "/apply")
    assert (taken.status_code, taken.location) == (303, "/staff/courses/H1")
    assert sent(trainer, other).location == preview, "the same file is found again"
    again = export_course(db.session(), newest_edition(db.session(), "H1"))
    assert unpack(again).course == unpack(other).course

    # A changed file becomes the next edition's draft; a second one waits for it.
    with transaction() as session:
        edition = edition_at(session, "G1", 1)
        lesson_of_edition(session, edition.id, "G1-M1-L4").text = "新的正文"
    changed = fetched(trainer, "/staff/courses/G1/1/export.zip").get_data()
    with transaction() as session:
        edition = edition_at(session, "G1", 1)
        lesson_of_edition(session, edition.id, "G1-M1-L4").text = "旧的正文"
    assert press(trainer, sent(trainer, changed).location, "/apply").status_code == 303
    states = db.session().scalars(select(CourseEdition.state).join(Course, Course.id == CourseEdition.course_id).where(
        Course.code == "G1").order_by(CourseEdition.number)).all()
    assert states == ["published", "draft"]
    preview = sent(trainer, with_outline(OUTLINE.replace("H1", "G1"))).location
    shown = text_of(trainer.get(preview))
    assert "已有一个草稿版本" in shown
    assert press(trainer, preview, "/abandon").status_code == 303
    assert "已作废" in text_of(trainer.get(preview))


def test_the_structure_of_the_demonstration_data_is_read_as_well():
    read = unpack(with_outline("courses:\n- " + OUTLINE.replace("\n", "\n  ")))
    assert read.faults == ()
    assert [(one.code, one.lesson.minutes, one.lesson.text) for one in read.course.lessons] == [
        ("H1-M1-L1", 30, "# 句子\n"), ("H1-M1-P1", 90, "")]
