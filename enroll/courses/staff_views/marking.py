"""Marking many: who has how much, taking and giving works, and several accepted with one rubric after a look."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.courses.forms import MarkForm
from enroll.courses.queries.marking import same_files, works_named
from enroll.courses.rules.practice import rubric_faults
from enroll.courses.services.marking import MOST_AT_ONCE, Marked, accept_several, give_work
from enroll.courses.staff_views.practical import staff
from enroll.foundation.problems import Refused
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.forms import ActForm
from enroll.web.moments import now
from enroll.web.once import once


@staff.get("/several")
@requires(Permission.TEACH)
def several() -> Any:
    """What would be accepted: every work with what speaks against doing it in one go."""
    return _several(request.args.getlist("work"), MarkForm(formdata=None))


@staff.post("/several")
@requires(Permission.TEACH)
def accept_them() -> Any:
    form, seen = MarkForm(), _seen(request.form.getlist("work"))
    works = works_named(db.session(), list(seen))
    if not works or not form.validate():
        return _several(list(seen), form), 422
    points = MarkForm.points(request.form, works[0].lesson.rubric)
    faults = rubric_faults(works[0].lesson.rubric, points)
    if faults:
        return _several(list(seen), form, points, faults), 422
    comment, outcome = form.comment.data or "", list[Marked]()

    def act() -> str:
        outcome.extend(accept_several(seen, points, comment, by=current_user.actor, now=now()))
        return url_for("courses_staff.practical")

    answer = once(form, act)
    if not outcome or all(one.outcome == "done" for one in outcome):
        done = len(outcome)
        flash(ngettext("%(num)s work accepted.", "%(num)s works accepted.", done), "ok")
        return answer
    return render_template("courses/staff/marked.html", outcome=outcome)


@staff.post("/<ref:reference>/give")
@requires(Permission.TEACH)
def give(reference: str) -> Any:
    """Take it, give it to somebody, or give it back; `trainer` is an account, "me", or nothing."""
    form, typed = ActForm(), request.form.get("trainer", "")
    if not form.validate():
        return redirect(url_for("courses_staff.show", reference=reference), 303)
    if typed not in ("", "me") and not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        abort(400)
    trainer = current_user.account_id if typed == "me" else int(typed) if typed else None

    def act() -> str:
        give_work(reference, trainer, by=current_user.actor, now=now())
        return url_for("courses_staff.show", reference=reference)

    try:
        answer = once(form, act)
    except Refused as refused:
        return render_template("courses/staff/marked.html",
                               outcome=[Marked(reference, reference, "refused", refused.problems)]), 409
    flash(_("The work is with its trainer.") if trainer else _("The work waits for whoever takes it."), "ok")
    return answer


def _several(references: list[str], form: MarkForm, points: Any = None, problems: Any = ()) -> Any:
    session = db.session()
    works = works_named(session, references[:MOST_AT_ONCE])
    works = [one for one in works if one.state == "handed_in"]
    lesson = works[0].lesson if works else None
    return render_template(
        "courses/staff/several.html", works=works, lesson=lesson, form=form, points=points or {}, problems=problems,
        same=same_files(session, works), others=[one for one in works if lesson and one.lesson.code != lesson.code],
        wrong={one.field: one for one in problems},
    )


def _seen(sent: list[str]) -> dict[str, int]:
    """"W000001:3" as the work and the version that was looked at."""
    found = {}
    for one in sent[:MOST_AT_ONCE]:
        reference, _colon, version = one.partition(":")
        if version.isascii() and version.isdigit() and len(version) < 9:
            found[reference] = int(version)
    return found
