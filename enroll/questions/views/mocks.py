"""Mock exams 模拟考试: what is offered, the paper, saving, handing in, the report."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.problems import NotFound, Problem, Refused
from enroll.questions.forms import BeginMockForm, PaperForm, RoundForm
from enroll.questions.models import QuizAttempt
from enroll.questions.queries.mocks import blueprint_of, mock_exams, my_mock, my_mocks, scores_by_module
from enroll.questions.queries.papers import shown_paper
from enroll.questions.queries.practice import practising
from enroll.questions.rules.papers import is_over
from enroll.questions.rules.questions import DIFFICULTY_NAMES, KIND_NAMES
from enroll.questions.services.attempts import save_answers
from enroll.questions.services.mocks import start_mock, submit_mock
from enroll.storage.database import again_if_crowded, db
from enroll.web.access import requires
from enroll.web.moments import now, today
from enroll.web.once import once

mocks = Blueprint("mocks", __name__, url_prefix="/mock-exams")


@mocks.get("")
@requires(Permission.LEARN)
def index() -> Any:
    return _list_page()


@mocks.post("/<code:code>/begin")
@requires(Permission.LEARN)
def begin(code: str) -> Any:
    form = BeginMockForm()
    if not form.validate():
        return _list_page(form=form, wrong=code), 422

    def act() -> str:
        token = start_mock(code, by=current_user.actor, now=now(), paper_number=form.paper_number.data or "")
        return url_for("mocks.attempt", token=token)

    try:
        return once(form, act)
    except NotFound:
        abort(404)
    except Refused as refused:
        return _list_page(form.show_problems(refused.problems), form, code), 422


@mocks.get("/attempts/<token:token>")
@requires(Permission.LEARN)
def attempt(token: str) -> Any:
    found = _own(token)
    if found.submitted_at is None and is_over(found.due_at, now()):
        # Its time is over: what was saved is handed in, as the job would do a moment later.
        again_if_crowded(lambda: submit_mock(token, None, by=current_user.actor, now=now()))
        found = _own(token)
    return _attempt_page(found)


@mocks.post("/attempts/<token:token>/save")
@requires(Permission.LEARN)
def save(token: str) -> Any:
    """Saving twice is saving once; the script saves while one works, the button does without it."""
    _own(token)
    given, seen = PaperForm.given(request.form), PaperForm.seen(request.form)
    by_script = request.headers.get("X-Requested-With") == "fetch"
    try:
        again_if_crowded(lambda: save_answers(token, given, by=current_user.actor, now=now(), seen=seen))
    except Refused as refused:
        if by_script:
            return {"saved": False}, 409
        return _attempt_page(_own(token), refused.problems), 409
    if by_script:
        return {"saved": True}
    flash(_("Your answers are saved. Hand them in before the time is over."), "ok")
    return redirect(url_for("mocks.attempt", token=token), 303)


@mocks.post("/attempts/<token:token>/submit")
@requires(Permission.LEARN)
def submit(token: str) -> Any:
    _own(token)
    form, given, seen = PaperForm(), PaperForm.given(request.form), PaperForm.seen(request.form)
    form.validate()

    def act() -> str:
        submit_mock(token, given, by=current_user.actor, now=now(), seen=seen)
        return url_for("mocks.attempt", token=token)

    return once(form, act)


def _own(token: str) -> QuizAttempt:
    return my_mock(db.session(), current_user.account_id, token) or abort(404)


def _list_page(problems: tuple[Problem, ...] = (), form: BeginMockForm | None = None, wrong: str = "") -> Any:
    session, account_id = db.session(), current_user.account_id
    enrolment = practising(session, account_id)
    if enrolment is None:
        return render_template("questions/closed.html")
    mine = my_mocks(session, account_id)
    return render_template(
        "questions/mocks.html", exams=mock_exams(session, enrolment.programme.code, today()), mine=mine,
        open={one.quiz_id: one for one in mine if one.submitted_at is None and not is_over(one.due_at, now())},
        forms={wrong: form}, form=BeginMockForm(formdata=None), kinds=KIND_NAMES, levels=DIFFICULTY_NAMES,
        problems=problems,
    )


def _attempt_page(found: QuizAttempt, problems: tuple[Problem, ...] = ()) -> Any:
    session = db.session()
    shared: dict[str, Any] = {
        "attempt": found, "exam": blueprint_of(session, found.quiz), "questions": shown_paper(session, found),
        "problems": problems,
    }  # fmt: skip
    if found.submitted_at is None:
        seconds_left = max(int((found.due_at - now()).total_seconds()), 0)
        return render_template("questions/mock.html", form=PaperForm(formdata=None), seconds_left=seconds_left,
                               **shared)
    return render_template("questions/report.html", scores=scores_by_module(session, found), kinds=KIND_NAMES,
                           form=RoundForm(formdata=None), begin_form=BeginMockForm(formdata=None), **shared)
