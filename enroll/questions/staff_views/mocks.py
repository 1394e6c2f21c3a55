"""Mock exams as they are offered: by which blueprint, since when, and until when."""

from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.problems import NotFound, Problem, Refused
from enroll.programmes.queries.programmes import programmes
from enroll.questions.forms import ROWS, MockForm, SectionForm
from enroll.questions.queries.bank import topics
from enroll.questions.queries.mocks import every_mock_exam
from enroll.questions.rules.gift import CODE
from enroll.questions.rules.papers import Section
from enroll.questions.rules.questions import DIFFICULTY_NAMES, KIND_NAMES
from enroll.questions.services.mocks import NewMock, add_mock, end_mock
from enroll.questions.staff_views.bank import SEES, bank_staff
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.forms import ActForm, options
from enroll.web.moments import now, today
from enroll.web.once import once


@bank_staff.get("/mock-exams")
@requires(*SEES)
def mock_exams() -> Any:
    return render_template(
        "questions/staff/mocks.html", exams=every_mock_exam(db.session()), kinds=KIND_NAMES, levels=DIFFICULTY_NAMES,
        form=ActForm(formdata=None), day=today(), may_manage=current_user.actor.may(Permission.MANAGE_BANK),
    )


@bank_staff.get("/mock-exams/new")
@requires(Permission.MANAGE_BANK)
def new_mock() -> Any:
    return _page(_form(MockForm(formdata=None, holds_from=today())), _sections(None))


@bank_staff.post("/mock-exams/new")
@requires(Permission.MANAGE_BANK)
def plan_mock() -> Any:
    form, sections = _form(MockForm()), _sections(request.form)
    valid = all([form.validate(), *(one.validate() for one in sections)])
    if form.code.data and not CODE.fullmatch(form.code.data):
        form.code.errors = [_("A code has letters and digits, parted by hyphens.")]
        valid = False
    if not valid:
        return _page(form, sections), 422
    rows = tuple(_section(one) for one in sections if one.count.data)
    new = NewMock(form.code.data, form.title.data, form.title_en.data, form.programme.data, form.minutes.data or 0,
                  rows, form.holds_from.data or today(), form.source.data, section="")

    def act() -> str:
        add_mock(new, by=current_user.actor, now=now())
        return url_for("bank_staff.mock_exams")

    try:
        answer = once(form, act)
    except Refused as refused:
        return _page(form, sections, form.show_problems(refused.problems)), 422
    flash(_("The mock exam is planned."), "ok")
    return answer


@bank_staff.post("/mock-exams/<code:code>/end")
@requires(Permission.MANAGE_BANK)
def end(code: str) -> Any:
    form = ActForm()
    form.validate()

    def act() -> str:
        end_mock(code, by=current_user.actor, now=now())
        return url_for("bank_staff.mock_exams")

    try:
        return once(form, act)
    except NotFound:
        abort(404)


def _section(form: SectionForm) -> Section:
    return Section(form.kind.data, form.count.data or 0, form.points.data or 0, form.partial.data or 0,
                   form.topic.data or "", int(form.difficulty.data or 0))


def _sections(sent: Any) -> list[SectionForm]:
    forms = [SectionForm(sent, prefix=f"row-{number}-") for number in range(1, ROWS + 1)]
    known = topics(db.session())
    for one in forms:
        one.offer(known)
    return forms


def _form(form: MockForm) -> MockForm:
    form.programme.choices = options((one.code, one.code) for one in programmes(db.session()))
    return form


def _page(form: MockForm, sections: list[SectionForm], problems: tuple[Problem, ...] = ()) -> Any:
    return render_template("questions/staff/mock.html", form=form, sections=sections, problems=problems)
