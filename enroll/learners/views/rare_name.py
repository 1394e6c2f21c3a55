"""“I cannot type my name”: asking staff to enter it, and saying whether what they entered is right."""

from typing import Any

from flask import flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.problems import Problem, Refused
from enroll.learners.forms import AskNameForm, ConfirmNameForm
from enroll.learners.queries.checks import files_in_force
from enroll.learners.rules.names import code_points
from enroll.learners.services.names import SHOWS_NAME, answer_name, ask_for_name
from enroll.learners.views.pages import learners, me
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.moments import now
from enroll.web.once import once


@learners.get("/identity/name")
@requires(Permission.LEARN)
def rare_name() -> Any:
    return _page()


@learners.post("/identity/name")
@requires(Permission.LEARN)
def ask_name() -> Any:
    learner_id, form = me().id, AskNameForm()
    if not form.validate():
        return _page(form), 422

    def act() -> str:
        ask_for_name(learner_id, form.name_note.data or "", by=current_user.actor, now=now())
        flash(_("Asked. Staff enter your name from the picture, and you are asked whether it is right."), "ok")
        return url_for("learners.identity")

    try:
        return once(form, act)
    except Refused as refused:
        return _page(form, form.show_problems(refused.problems)), 422


@learners.post("/identity/name/answer")
@requires(Permission.LEARN)
def confirm_name() -> Any:
    learner_id, form = me().id, ConfirmNameForm()
    if not form.validate():
        return _page(confirm=form), 422

    def act() -> str:
        right = form.answer.data == "right"
        answer_name(learner_id, right=right, note=form.name_note.data or "", by=current_user.actor, now=now())
        flash(_("Thank you. Your name stands as it is.") if right else _("Staff look at it again."), "ok")
        return url_for("learners.identity")

    try:
        return once(form, act)
    except Refused as refused:
        return _page(confirm=form, problems=form.show_problems(refused.problems)), 422


def _page(
    form: AskNameForm | None = None, problems: tuple[Problem, ...] = (), confirm: ConfirmNameForm | None = None
) -> str:
    learner = me()
    ask = form or AskNameForm(formdata=None, name_note=learner.name_note)
    return render_template(
        "learners/rare_name.html", learner=learner, form=confirm or form, ask=ask,
        confirm=confirm or ConfirmNameForm(formdata=None), problems=problems, points=code_points(learner.legal_name),
        pictured=bool(SHOWS_NAME & set(files_in_force(db.session(), learner.id))),
    )
