"""The wrong-answer book 错题本, the favourites, and the numbers by module and by day."""

from typing import Any

from flask import abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.problems import NotFound
from enroll.questions.forms import RoundForm
from enroll.questions.queries.practice import (
    cards_in_book,
    days_of,
    kept_by_topic,
    module_numbers,
    numbers_in_book,
    practising,
    today_of,
    topics_for,
)
from enroll.questions.rules.questions import KIND_NAMES
from enroll.questions.services.practice import keep_favourite, leave_book
from enroll.questions.views.practice import back_to_practice, practice
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number
from enroll.web.forms import ActForm
from enroll.web.moments import now, today
from enroll.web.once import once

DAYS_SHOWN = 14


@practice.get("/wrong", defaults={"favourites": False})
@practice.get("/favourites", defaults={"favourites": True})
@requires(Permission.LEARN)
def book(favourites: bool) -> Any:
    session, account_id = db.session(), current_user.account_id
    enrolment = practising(session, account_id)
    if enrolment is None:
        return back_to_practice()
    topics, topic = topics_for(session, enrolment), asked("topic", most=20)
    in_book, due, liked = numbers_in_book(session, account_id, now())
    page = cards_in_book(session, account_id, topic=topic, favourites=favourites, after=asked_number("after"))
    return render_template(
        "questions/book.html", favourites=favourites, page=page, topics=topics, topic=topic, due=due, kinds=KIND_NAMES,
        names={one.code: one.name for one in topics}, numbers=(in_book, liked), act_form=ActForm(formdata=None),
        form=RoundForm(formdata=None), moment=now(),
        kept=kept_by_topic(session, account_id, favourites=favourites),
    )


@practice.post("/wrong/<code:code>/leave")
@requires(Permission.LEARN)
def leave(code: str) -> Any:
    form = ActForm()
    form.validate()

    def act() -> str:
        leave_book(code, by=current_user.actor, now=now())
        return url_for("practice.book", favourites=False)

    return _done(form, act, _("Taken out of the wrong-answer book."))


@practice.post("/favourites/<code:code>/leave")
@requires(Permission.LEARN)
def drop_favourite(code: str) -> Any:
    form = ActForm()
    form.validate()

    def act() -> str:
        keep_favourite(code, False, by=current_user.actor, now=now())
        return url_for("practice.book", favourites=True)

    return _done(form, act, _("Taken out of the favourites."))


@practice.get("/statistics")
@requires(Permission.LEARN)
def statistics() -> Any:
    session, account_id = db.session(), current_user.account_id
    enrolment = practising(session, account_id)
    if enrolment is None:
        return back_to_practice()
    days = days_of(session, account_id, at_most=DAYS_SHOWN)
    return render_template(
        "questions/statistics.html", modules=module_numbers(session, account_id, topics_for(session, enrolment)),
        days=days, day=today_of(session, account_id, today()), form=RoundForm(formdata=None),
        most=max((one.answered for one in days), default=1),
    )


def _done(form: ActForm, act: Any, said: str) -> Any:
    try:
        answer = once(form, act)
    except NotFound:
        abort(404)
    flash(said, "ok")
    return answer


