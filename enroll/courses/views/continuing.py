"""A task begun on a phone goes on at a computer, or the other way round: a code to scan or to type leads there."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup

from enroll.accounts.permissions import Permission
from enroll.courses.forms import ContinueForm
from enroll.courses.models.editions import Lesson
from enroll.courses.queries.continuing import live_code, newest_code
from enroll.courses.queries.lessons import LessonKey, my_lesson
from enroll.courses.rules.continuing import as_shown, as_typed
from enroll.courses.services.continuing import make_code, use_code
from enroll.courses.views.study import courses
from enroll.documents.qr import qr_svg
from enroll.foundation.problems import NotFound
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked, outside_url
from enroll.web.forms import ActForm
from enroll.web.moments import now
from enroll.web.once import once
from enroll.web.throttle import limiter

TASK = "/<code:course>/<code:lesson>/continue"


@courses.post(TASK)
@requires(Permission.LEARN)
def new_code(course: str, lesson: str) -> Any:
    form, key = ActForm(), LessonKey(course, lesson)
    _my_task(key)
    form.validate()

    def act() -> str:
        make_code(key, current_user.session_id, by=current_user.actor, now=now())
        return url_for("courses.show_code", course=course, lesson=lesson)

    return once(form, act)


@courses.get(TASK)
@requires(Permission.LEARN)
def show_code(course: str, lesson: str) -> Any:
    """The code this browser asked for last: to scan, to type, until when, or that it has been opened."""
    task, form = _my_task(LessonKey(course, lesson)), ActForm()
    found, moment = newest_code(db.session(), current_user.session_id, task.id), now()
    live = found if found and found.used_at is None and found.expires_at > moment else None
    address = outside_url("courses.follow_code", code=live.code) if live else ""
    return render_template(
        "courses/continue.html", lesson=task, course=task.module.course, form=form, found=found, live=live,
        shown=as_shown(live.code) if live else "", type_at=outside_url("courses.enter_code"),
        picture=Markup(qr_svg(address)) if live else "",  # noqa: S704 (drawn here; nothing in it was typed)
    )


@courses.get("/continue")
@requires(Permission.LEARN)
@limiter.limit("60 per 10 minutes")
def enter_code() -> Any:
    """The code typed by hand, where there is no camera."""
    typed = asked("code")
    code = as_typed(typed)
    if code:
        return redirect(url_for("courses.follow_code", code=code))
    return _entering(typed, missed=bool(typed))


@courses.get("/continue/<code:code>")
@requires(Permission.LEARN)
@limiter.limit("60 per 10 minutes")
def follow_code(code: str) -> Any:
    """What the code leads to. Looking uses nothing up: message apps look at a link before the person does."""
    found = live_code(db.session(), code, current_user.account_id, now())
    if found is None:
        return _missed()
    return render_template("courses/continue_here.html", found=found, lesson=found.lesson, form=ActForm())


@courses.post("/continue/<code:code>")
@requires(Permission.LEARN)
@limiter.limit("60 per 10 minutes")
def go_on_here(code: str) -> Any:
    form = ActForm()
    form.validate()

    def act() -> str:
        key = use_code(code, request.user_agent.string, by=current_user.actor, now=now())
        return url_for("courses.lesson", course=key.course, lesson=key.lesson) + "#files"

    try:
        return once(form, act)
    except NotFound:
        return _missed()


def _missed() -> Any:
    return _entering("", missed=True)


def _entering(typed: str, *, missed: bool) -> Any:
    form = ContinueForm(formdata=None, code=typed)
    return render_template("courses/continue_enter.html", form=form, missed=missed), 404 if missed else 200


def _my_task(key: LessonKey) -> Lesson:
    found = my_lesson(db.session(), current_user.account_id, key)
    if found is None or found[1].content != "practice":
        abort(404)
    return found[1]
