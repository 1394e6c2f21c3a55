"""The practice page: what to practise, today's goal, how each module stands."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.problems import Problem, Refused
from enroll.questions.forms import GoalForm, RoundForm
from enroll.questions.queries.practice import (
    module_numbers,
    numbers_in_book,
    open_round,
    practising,
    today_of,
    topics_for,
)
from enroll.questions.rules.practice import MODE_NAMES, Mode
from enroll.questions.services.practice import Wish, set_goal, start_round
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.moments import now, today
from enroll.web.once import once

practice = Blueprint("practice", __name__, url_prefix="/practice")


@practice.get("")
@requires(Permission.LEARN)
def index() -> Any:
    return home_page()


@practice.post("")
@requires(Permission.LEARN)
def start() -> Any:
    form = RoundForm()
    form.validate()
    size = form.size.data if str(form.size.data).isdigit() else "10"
    wish = Wish(form.mode.data or Mode.RANDOM, form.topic.data or "", int(size))

    def act() -> str:
        token = start_round(wish, by=current_user.actor, now=now())
        return url_for("practice.place", token=token, number=1)

    try:
        return once(form, act)
    except Refused as refused:
        return home_page(refused.problems), 409


@practice.post("/goal")
@requires(Permission.LEARN)
def goal() -> Any:
    form = GoalForm()
    if not form.validate():
        return home_page(), 422

    def act() -> str:
        set_goal(int(form.goal.data), by=current_user.actor, now=now())
        return url_for("practice.index")

    answer = once(form, act)
    flash(_("Your goal is %(goal)s questions a day.", goal=form.goal.data), "ok")
    return answer


def home_page(problems: tuple[Problem, ...] = ()) -> Any:
    session, account_id = db.session(), current_user.account_id
    enrolment = practising(session, account_id)
    if enrolment is None:
        return render_template("questions/closed.html")
    day = today_of(session, account_id, today())
    modules = module_numbers(session, account_id, topics_for(session, enrolment))
    book, due, favourites = numbers_in_book(session, account_id, now())
    return render_template(
        "questions/practice.html", enrolment=enrolment, day=day, modules=modules, book=book, due=due,
        favourites=favourites, open=open_round(session, account_id), form=RoundForm(formdata=None), modes=MODE_NAMES,
        goal_form=GoalForm(formdata=None, goal=str(day.goal)), problems=problems,
    )


def back_to_practice() -> Any:
    return redirect(url_for("practice.index"), 303)
