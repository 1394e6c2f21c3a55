"""The map of all courses, and the pages of single lessons."""

from typing import Any

from flask import Blueprint, abort, flash, make_response, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.courses.forms import AnswersForm, DirectionForm, NoteForm
from enroll.courses.models.editions import Lesson
from enroll.courses.queries.editions import attachment_of
from enroll.courses.queries.lessons import LessonKey, my_lesson, progress_in
from enroll.courses.queries.plan import study_overview
from enroll.courses.queries.standing import hours_standing
from enroll.courses.rules.authoring import host_of
from enroll.courses.rules.plan import StudyOverview, unmet_needs
from enroll.courses.services.quizzes import purpose_of
from enroll.courses.views.beside import note_beside
from enroll.courses.views.practice import practice_page
from enroll.documents.markdown import as_html
from enroll.enrolments.lifecycle import EnrolmentState
from enroll.enrolments.models import Enrolment
from enroll.enrolments.services.changing import change_direction
from enroll.foundation.problems import Refused
from enroll.hours.queries.standing import my_enrolment
from enroll.questions.queries.papers import attempts_for, open_attempt, quiz_by_code, start_facts
from enroll.questions.rules.papers import may_start
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.downloads import send_large, send_media
from enroll.web.headers import allow_media
from enroll.web.moments import now
from enroll.web.once import once

courses = Blueprint("courses", __name__, url_prefix="/study")


@courses.get("")
@requires(Permission.LEARN)
def study() -> Any:
    return _map(DirectionForm())


@courses.post("/direction")
@requires(Permission.LEARN)
def choose_direction() -> Any:
    enrolment = my_enrolment(db.session(), current_user.account_id) or abort(404)
    form = DirectionForm()
    form.offer((code, code) for code in enrolment.demands.direction_minutes)
    if not form.validate():
        return _map(form), 422
    reference, chosen, seen = enrolment.reference, form.direction.data, form.seen_version

    def act() -> str:
        change_direction(reference, chosen, by=current_user.actor, now=now(), seen_version=seen)
        return url_for("courses.study") + "#direction"

    try:
        answer = once(form, act)
    except Refused as refused:
        return _map(form, form.show_problems(refused.problems)), 409
    flash(_("Your direction has been changed. Every minute you have stays."), "ok")
    return answer


@courses.get("/<code:course>/<code:lesson>")
@requires(Permission.LEARN)
def lesson(course: str, lesson: str) -> Any:
    key = LessonKey(course, lesson)
    found = my_lesson(db.session(), current_user.account_id, key) or abort(404)
    return lesson_page(*found)


def lesson_page(enrolment: Enrolment, lesson: Lesson, note_form: NoteForm | None = None) -> Any:
    """The page of a lesson, as its kind asks for."""
    if lesson.content == "quiz":
        return quiz_page(enrolment, lesson, own_note=note_form)
    if lesson.content == "practice":
        return practice_page(enrolment, lesson, own_note=note_form)
    return timed_page(enrolment, lesson, note_form)


@courses.get("/<code:course>/<code:lesson>/video")
@requires(Permission.LEARN)
def video(course: str, lesson: str) -> Any:
    found = my_lesson(db.session(), current_user.account_id, LessonKey(course, lesson)) or abort(404)
    return send_media(found[1].video or abort(404))


@courses.get("/<code:course>/<code:lesson>/attachments/<token:token>")
@requires(Permission.LEARN)
def attachment(course: str, lesson: str, token: str) -> Any:
    found = my_lesson(db.session(), current_user.account_id, LessonKey(course, lesson)) or abort(404)
    return send_large(attachment_of(found[1], token) or abort(404))


def timed_page(enrolment: Enrolment, lesson: Lesson, note_form: NoteForm | None = None) -> Any:
    """A lesson to read or to watch, counted by the server while the page is open."""
    session = db.session()
    overview = study_overview(session, enrolment.id)
    page = render_template(
        "courses/lesson.html", lesson=lesson, missing=unmet_needs(overview, lesson.needs),
        course=lesson.module.course, shown=_shown(overview, lesson),
        progress=progress_in(session, enrolment.id, lesson.id), next=lesson_after(overview, lesson),
        active=enrolment.state == EnrolmentState.ACTIVE, text=as_html(lesson.text, drop_title=True),
        demands=enrolment.demands, **note_beside(enrolment, lesson, note_form),
    )
    return allow_media(make_response(page), host_of(lesson.video_url)) if lesson.video_url else page


def quiz_page(
    enrolment: Enrolment, lesson: Lesson, problems: Any = (), *, own_note: NoteForm | None = None
) -> Any:
    """The quiz of a lesson: its rules, the attempts so far, and the button that begins one."""
    session, account_id, purpose = db.session(), current_user.account_id, purpose_of(enrolment, lesson)
    quiz = quiz_by_code(session, lesson.quiz_code) or abort(404)
    overview = study_overview(session, enrolment.id)
    return render_template(
        "courses/quiz.html", lesson=lesson, missing=unmet_needs(overview, lesson.needs),
        course=lesson.module.course, quiz=quiz, form=AnswersForm(),
        shown=_shown(overview, lesson), next=lesson_after(overview, lesson), problems=problems,
        attempts=attempts_for(session, account_id, purpose), open=open_attempt(session, account_id, quiz.id, purpose),
        against=may_start(start_facts(session, account_id, quiz, purpose, now()), now()),
        active=enrolment.state == EnrolmentState.ACTIVE, **note_beside(enrolment, lesson, own_note),
    )


def _map(form: DirectionForm, problems: Any = ()) -> Any:
    session = db.session()
    enrolment = my_enrolment(session, current_user.account_id)
    if enrolment is None:
        return render_template("courses/not_enrolled.html")
    standing = hours_standing(session, enrolment, now())
    overview = standing.overview
    directions = [one for one in (overview.direction, *overview.others) if one is not None]
    form.offer((one.code, one.title) for one in directions)
    form.direction.data = form.direction.data or enrolment.direction_code
    form.version.data = str(enrolment.version)
    return render_template(
        "courses/study.html", enrolment=enrolment, overview=overview, directions=directions, form=form,
        standing=standing, problems=problems,
        can_choose=enrolment.state in (EnrolmentState.ACTIVE, EnrolmentState.PENDING_PAYMENT),
        active=enrolment.state == EnrolmentState.ACTIVE,
    )


def _shown(overview: StudyOverview, lesson: Lesson) -> Any:
    return next(one for course in overview.courses for one in course.lessons if one.code == lesson.code)


def lesson_after(overview: StudyOverview, lesson: Lesson) -> Any:
    """The lesson that comes after this one in the plan, whatever its state; otherwise the one to go on with."""
    plan = overview.plan
    place = next((number for number, one in enumerate(plan) if one.code == lesson.code), len(plan))
    return next(iter(plan[place + 1:]), overview.next)
