"""A round of practice: one question a screen, its answer and why, the next; at its end how it went."""

from typing import Any

from flask import abort, render_template, request, url_for
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.problems import Problem, Refused
from enroll.questions.forms import AnswerForm, CompareForm, RoundForm
from enroll.questions.models import PracticeRound
from enroll.questions.queries.practice import ShownPlace, round_of, shown_round, today_of
from enroll.questions.rules.practice import MODE_NAMES, Mode
from enroll.questions.services.practice import answer_question, compare_answer, keep_favourite_in
from enroll.questions.views.practice import practice
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.forms import ActForm
from enroll.web.moments import now, today
from enroll.web.once import once


@practice.get("/<token:token>")
@requires(Permission.LEARN)
def summary(token: str) -> Any:
    found = _own(token)
    shown = shown_round(db.session(), found)
    answered = [one for one in shown if one.answered]
    return render_template(
        "questions/summary.html", round=found, places=shown, answered=len(answered),
        right=sum(one.recall == "right" for one in answered), mode=MODE_NAMES[Mode(found.mode)],
        form=RoundForm(formdata=None), day=today_of(db.session(), current_user.account_id, today()),
        next=next((one.number for one in shown if not one.answered), 0),
    )


@practice.get("/<token:token>/<int:number>")
@requires(Permission.LEARN)
def place(token: str, number: int) -> Any:
    return _place_page(token, number)


@practice.post("/<token:token>/<int:number>")
@requires(Permission.LEARN)
def answer(token: str, number: int) -> Any:
    form, here = AnswerForm(), _place(token, number)[1]
    form.validate()
    given = request.form.getlist("answer")

    def act() -> str:
        answer_question(token, here.number, given, by=current_user.actor, now=now())
        return url_for("practice.place", token=token, number=number)

    try:
        return once(form, act)
    except Refused as refused:
        return _place_page(token, number, refused.problems), 422


@practice.post("/<token:token>/<int:number>/compare")
@requires(Permission.LEARN)
def compare(token: str, number: int) -> Any:
    form, here = CompareForm(), _place(token, number)[1]
    if not here.answered:
        abort(404)
    if not form.validate():
        return _place_page(token, number, compare_form=form), 422

    def act() -> str:
        compare_answer(token, here.number, form.recall.data, by=current_user.actor, now=now())
        return url_for("practice.place", token=token, number=number)

    return once(form, act)


@practice.post("/<token:token>/<int:number>/favourite")
@requires(Permission.LEARN)
def favourite(token: str, number: int) -> Any:
    """The button says which way it goes, so pressing it twice changes nothing more."""
    form, here = ActForm(), _place(token, number)[1]
    form.validate()
    kept = request.form.get("kept") == "yes"

    def act() -> str:
        keep_favourite_in(token, here.number, kept, by=current_user.actor, now=now())
        return url_for("practice.place", token=token, number=number)

    return once(form, act)


def _own(token: str) -> PracticeRound:
    return round_of(db.session(), current_user.account_id, token) or abort(404)


def _place(token: str, number: int) -> tuple[PracticeRound, ShownPlace]:
    found = _own(token)
    if not 1 <= number <= len(found.paper):
        abort(404)
    return found, shown_round(db.session(), found)[number - 1]


def _place_page(
    token: str, number: int, problems: tuple[Problem, ...] = (), compare_form: CompareForm | None = None
) -> Any:
    found, here = _place(token, number)
    return render_template(
        "questions/place.html", round=found, here=here, mode=MODE_NAMES[Mode(found.mode)],
        form=AnswerForm(formdata=None),
        compare_form=compare_form or CompareForm(formdata=None), problems=problems,
        done=[int(one) for one in found.answers],
    )
