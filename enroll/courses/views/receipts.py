"""What we hold of the files of one's task: a page, a document, and a picture that a phone can keep."""

from typing import Any

from flask import abort, current_app, render_template
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.courses.models.editions import Lesson
from enroll.courses.models.works import PracticeFile, PracticeWork
from enroll.courses.queries.lessons import LessonKey, my_lesson
from enroll.courses.queries.practice import files_in_hand, files_of, work_in
from enroll.courses.rules.receipts import ReceivedFile, receipt_values, with_printable_names
from enroll.courses.views.practice import practice
from enroll.documents.pdf import render, render_picture
from enroll.documents.refusals import GlyphMissing
from enroll.programmes.queries.programmes import organisation
from enroll.storage.database import db, let_go
from enroll.web.access import requires
from enroll.web.downloads import send_bytes
from enroll.web.moments import now


@practice.get("/receipt")
@requires(Permission.LEARN)
def receipt(course: str, lesson: str) -> Any:
    task, work, files = _held(LessonKey(course, lesson))
    return render_template("courses/receipt.html", lesson=task, course=task.module.course, work=work, files=files)


@practice.get("/receipt.pdf")
@requires(Permission.LEARN)
def receipt_pdf(course: str, lesson: str) -> Any:
    return _document(LessonKey(course, lesson), "pdf")


@practice.get("/receipt.png")
@requires(Permission.LEARN)
def receipt_image(course: str, lesson: str) -> Any:
    return _document(LessonKey(course, lesson), "png")


def _document(key: LessonKey, kind: str) -> Any:
    """Made when it is asked for: it says what is held now, and bears no number of its own."""
    _task, work, files = _held(key)
    if work is None or not files:
        abort(404)
    session, moment = db.session(), now()
    house = organisation(session)
    values = receipt_values(
        work, [ReceivedFile(one.file.name, one.deliverable, one.file.size, one.file.sha256, one.added_at)
               for one in files],
        (house.name, house.code) if house else ("", ""), moment, demo=bool(current_app.config["DEMO"]))
    name = f"{_('Receipt of your files')} {work.reference}.{kind}"
    let_go(session)
    make, media_type = (render_picture, "image/png") if kind == "png" else (render, "application/pdf")
    try:
        content = make("receipt", values, dated=moment)
    except GlyphMissing as missing:
        content = make("receipt", with_printable_names(values, missing.characters), dated=moment)
    return send_bytes(content, media_type=media_type, name=name, inline=kind == "png")


def _held(key: LessonKey) -> tuple[Lesson, PracticeWork | None, list[PracticeFile]]:
    session = db.session()
    enrolment, task = my_lesson(session, current_user.account_id, key) or abort(404)
    work = work_in(session, enrolment.id, task.id)
    return task, work, [*files_in_hand(session, work.id), *files_of(session, work)] if work else []
