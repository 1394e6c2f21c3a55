"""Adding a question, and wording one anew."""

from typing import Any

from flask import abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.problems import Problem, Refused, Stale
from enroll.questions.forms import QuestionForm
from enroll.questions.models import BankQuestion
from enroll.questions.queries.bank import as_new, question_by_code, topics
from enroll.questions.services.bank import add_question, edit_question
from enroll.questions.staff_views.bank import bank_staff
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.moments import now
from enroll.web.once import once

# The rule's fields, as the form has them.
FIELDS = {"options": "option_a"}


@bank_staff.get("/new")
@requires(Permission.MANAGE_BANK)
def new() -> Any:
    return _page(_form(QuestionForm(formdata=None)))


@bank_staff.post("/new")
@requires(Permission.MANAGE_BANK)
def add() -> Any:
    form = _form(QuestionForm())
    if not form.validate():
        return _page(form), 422

    def act() -> str:
        code = add_question(form.new_question("", topics(db.session())), by=current_user.actor, now=now(),
                            publish=False, alike_too=form.alike_too.data)
        return url_for("bank_staff.show", code=code)

    try:
        answer = once(form, act)
    except Refused as refused:
        return _page(form, _shown(form, refused.problems)), 422
    flash(_("The question is a draft. Look at it as learners see it, then put it into use."), "ok")
    return answer


@bank_staff.get("/questions/<code:code>/edit")
@requires(Permission.MANAGE_BANK)
def edit(code: str) -> Any:
    question = _question(code)
    form = _form(QuestionForm(formdata=None))
    form.show(as_new(question))
    form.version.data = str(question.version)
    return _page(form, question=question)


@bank_staff.post("/questions/<code:code>/edit")
@requires(Permission.MANAGE_BANK)
def save(code: str) -> Any:
    question, form = _question(code), _form(QuestionForm())
    if not form.validate():
        return _page(form, question=question), 422

    def act() -> str:
        edit_question(code, form.new_question(code, topics(db.session())), by=current_user.actor, now=now(),
                      version=form.seen_version, alike_too=form.alike_too.data)
        return url_for("bank_staff.show", code=code)

    try:
        return once(form, act)
    except Stale:
        question = _question(code)
        form.version.data = str(question.version)
        return _page(form, question=question, stale=True), 409
    except Refused as refused:
        return _page(form, _shown(form, refused.problems), question), 422


def _question(code: str) -> BankQuestion:
    return question_by_code(db.session(), code) or abort(404)


def _form(form: QuestionForm) -> QuestionForm:
    form.offer(topics(db.session()))
    return form


def _shown(form: QuestionForm, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Each reason beside the field of this form it belongs to."""
    answer = {"judge": "truth", "fill": "accepted", "short": "model"}.get(form.kind.data, "right")
    places = {**FIELDS, "answer": answer}
    return form.show_problems(tuple(Problem(one.code, one.words, places.get(one.field, one.field), one.mend)
                                    for one in problems))


def _page(
    form: QuestionForm, problems: tuple[Problem, ...] = (), question: BankQuestion | None = None, stale: bool = False
) -> Any:
    return render_template(
        "questions/staff/edit.html", form=form, problems=problems, question=question, stale=stale,
        options=[form[f"option_{letter}"] for letter in "abcdefgh"],
        ask_alike=form.alike_too.data or bool(form.alike_too.errors),
    )
