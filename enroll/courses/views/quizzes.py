"""An attempt at a lesson's quiz: one page with all its questions, to be saved as often as one likes, and handed in."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.courses.forms import AnswersForm
from enroll.courses.models.editions import Lesson
from enroll.courses.queries.lessons import LessonKey, my_lesson
from enroll.courses.queries.plan import study_overview
from enroll.courses.services.quizzes import purpose_of, start_quiz, submit_quiz
from enroll.courses.views.study import lesson_after, quiz_page
from enroll.enrolments.models import Enrolment
from enroll.foundation.problems import Refused
from enroll.questions.models import QuizAttempt
from enroll.questions.queries.papers import attempt_of, shown_paper
from enroll.questions.rules.papers import is_over
from enroll.questions.services.attempts import save_answers
from enroll.storage.database import again_if_crowded, db
from enroll.web.access import requires
from enroll.web.moments import now
from enroll.web.once import once

quizzes = Blueprint("quizzes", __name__, url_prefix="/study/<code:course>/<code:lesson>/attempts")


@quizzes.post("")
@requires(Permission.LEARN)
def start(course: str, lesson: str) -> Any:
    form, key = AnswersForm(), LessonKey(course, lesson)
    found = my_lesson(db.session(), current_user.account_id, key) or abort(404)
    form.validate()

    def act() -> str:
        token = start_quiz(key, by=current_user.actor, now=now())
        return url_for("quizzes.attempt", course=course, lesson=lesson, token=token)

    try:
        return once(form, act)
    except Refused as refused:
        return quiz_page(*found, problems=refused.problems), 409


@quizzes.get("/<token:token>")
@requires(Permission.LEARN)
def attempt(course: str, lesson: str, token: str) -> Any:
    enrolment, its_lesson, found = _own(course, lesson, token)
    if found.submitted_at is None and is_over(found.due_at, now()):
        # Its time is over: what was saved is handed in, as the job would do a moment later.
        again_if_crowded(lambda: submit_quiz(token, None, by=current_user.actor, now=now()))
        enrolment, its_lesson, found = _own(course, lesson, token)
    return _attempt_page(enrolment, its_lesson, found)


@quizzes.post("/<token:token>/save")
@requires(Permission.LEARN)
def save(course: str, lesson: str, token: str) -> Any:
    """Saving twice is saving once; the script saves while one works, the button does without it."""
    _own(course, lesson, token)
    given = AnswersForm.given(request.form)
    by_script = request.headers.get("X-Requested-With") == "fetch"
    try:
        again_if_crowded(lambda: save_answers(token, given, by=current_user.actor, now=now()))
    except Refused as refused:
        if by_script:
            return {"saved": False}, 409
        return _attempt_page(*_own(course, lesson, token), problems=refused.problems), 409
    if by_script:
        return {"saved": True}
    flash(_("Your answers are saved. Hand them in before the time is over."), "ok")
    return redirect(url_for("quizzes.attempt", course=course, lesson=lesson, token=token), 303)


@quizzes.post("/<token:token>/submit")
@requires(Permission.LEARN)
def submit(course: str, lesson: str, token: str) -> Any:
    _own(course, lesson, token)
    form, given = AnswersForm(), AnswersForm.given(request.form)
    form.validate()

    def act() -> str:
        submit_quiz(token, given, by=current_user.actor, now=now())
        return url_for("quizzes.attempt", course=course, lesson=lesson, token=token)

    return once(form, act)


def _own(course: str, lesson: str, token: str) -> tuple[Enrolment, Lesson, QuizAttempt]:
    """The person's own attempt at this lesson's quiz; anything else is not there."""
    session = db.session()
    found = my_lesson(session, current_user.account_id, LessonKey(course, lesson)) or abort(404)
    one = attempt_of(session, current_user.account_id, token)
    if one is None or one.purpose != purpose_of(*found):
        abort(404)
    return (*found, one)


def _attempt_page(enrolment: Enrolment, lesson: Lesson, found: QuizAttempt, problems: Any = ()) -> Any:
    session = db.session()
    seconds_left = max(int((found.due_at - now()).total_seconds()), 0)
    return render_template(
        "courses/attempt.html", lesson=lesson, course=lesson.module.course, attempt=found, form=AnswersForm(),
        questions=shown_paper(session, found), seconds_left=seconds_left, problems=problems,
        next=lesson_after(study_overview(session, enrolment.id), lesson), percent=_percent(found),
    )


def _percent(found: QuizAttempt) -> int:
    return (found.points or 0) * 100 // found.full_points if found.full_points else 0
