"""Entering marks, keying them again without sight of the first entry, and deciding where the two differ."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.problems import REASON_ALONE, Problem, Refused
from enroll.programmes.rules.figures import PassMarks
from enroll.results.forms import (
    MARK,
    VERSION,
    DecideForm,
    GridForm,
    VoidForm,
    references_in,
    typed_marks,
)
from enroll.results.queries.grids import BlindRow, MakerRow, checker_page, maker_page
from enroll.results.queries.progress import sitting_progress
from enroll.results.rules.marks import read_mark
from enroll.results.rules.rows import RowOutcome, TypedMark
from enroll.results.services.checking import check_marks, decide_difference
from enroll.results.services.entering import enter_marks, take_back_entry
from enroll.results.services.publishing import void_result
from enroll.results.staff_views.blueprint import results_staff, say_saved, the_result, the_sitting, value_of
from enroll.results.staff_views.overview import show_result
from enroll.sittings.models import Sitting
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number
from enroll.web.forms import MoveForm
from enroll.web.language import translate
from enroll.web.moments import now
from enroll.web.once import act_once, once

SOME_WRONG = 422


@dataclass(frozen=True)
class Cell:
    """One row of a grid as it is shown: what stands in the input, and what is wrong with it."""

    row: MakerRow | BlindRow
    name: str
    version_name: str
    value: str
    error: str


@results_staff.get("/results/sittings/<code:code>/enter")
@requires(Permission.MAKE_RESULTS)
def enter(code: str) -> Any:
    return _maker_grid(the_sitting(code), GridForm())


@results_staff.post("/results/sittings/<code:code>/enter")
@requires(Permission.MAKE_RESULTS)
def enter_page(code: str) -> Any:
    return _save(the_sitting(code), enter_marks, _maker_grid, "results_staff.enter")


@results_staff.get("/results/sittings/<code:code>/check")
@requires(Permission.CHECK_RESULTS)
def check(code: str) -> Any:
    return _checker_grid(the_sitting(code), GridForm())


@results_staff.post("/results/sittings/<code:code>/check")
@requires(Permission.CHECK_RESULTS)
def check_page(code: str) -> Any:
    reason = GridForm().reason.data or ""
    return _save(the_sitting(code), partial(check_marks, reason=reason), _checker_grid, "results_staff.check")


@results_staff.post("/results/<ref:reference>/decide")
@requires(Permission.CHECK_RESULTS)
def decide(reference: str) -> Any:
    row, form = the_result(reference), DecideForm()
    marks = row.booking.window.agreed.pass_marks
    read = read_mark(form.mark.data or "", full=marks.full, step=marks.step)
    if not form.validate() or isinstance(read, Problem):
        rest = form.show_problems((read,)) if isinstance(read, Problem) and form.mark.data else ()
        return show_result(row, form, rest), SOME_WRONG

    def act() -> str:
        decide_difference(reference, read, by=current_user.actor, now=now(), reason=form.reason.data or "",
                          seen_version=form.seen_version)
        return url_for("results_staff.show", reference=reference)

    return _moved(reference, form, act, _("The decision stands."))


@results_staff.post("/results/<ref:reference>/take_back")
@requires(Permission.MAKE_RESULTS)
def take_back(reference: str) -> Any:
    the_result(reference)
    form = MoveForm()

    def act() -> str:
        take_back_entry(reference, by=current_user.actor, now=now(), reason=form.reason.data or "")
        return url_for("results_staff.show", reference=reference)

    return _moved(reference, form, act, _("The entry is taken back."))


@results_staff.post("/results/<ref:reference>/void")
@requires(Permission.PUBLISH_RESULTS)
def void(reference: str) -> Any:
    the_result(reference)
    form = VoidForm()

    def act() -> str:
        void_result(reference, by=current_user.actor, now=now(), reason=form.reason.data or "",
                    seen_version=form.seen_version)
        return url_for("results_staff.show", reference=reference)

    return _moved(reference, form, act, _("The result is void."))


def _moved(reference: str, form: MoveForm, act: Callable[[], str], words: str) -> Any:
    """One step of one result; a refusal shows every reason on the result's page."""
    shown = form if isinstance(form, DecideForm) else DecideForm(formdata=None)
    if not form.validate():
        return show_result(the_result(reference), shown, sent=form), SOME_WRONG
    try:
        answer = once(form, act)
    except Refused as no:
        return show_result(the_result(reference), shown, form.show_problems(no.problems), sent=form), 409
    flash(words, "ok")
    return answer


Save = Callable[..., list[RowOutcome]]
Grid = Callable[..., Any]


def _save(sitting: Sitting, save: Save, grid: Grid, endpoint: str) -> Any:
    """Save every row of the page that can be saved; the others stay as typed, with what is wrong beside them."""
    form, sent, marks = GridForm(), request.form, _marks_of(sitting)
    if not form.validate():
        return grid(sitting, form, {}), SOME_WRONG
    typed, wrong = typed_marks(sent, references_in(sent), full=marks.full, step=marks.step)
    outcomes = _saved(sitting, form, save, typed)
    saved = sum(one.outcome == "done" for one in outcomes)
    wrong |= {one.reference: one.problems[0] for one in outcomes if one.outcome == "refused"}
    if wrong:
        again = GridForm(formdata=None, reason=form.reason.data)
        return grid(sitting, again, wrong, saved), SOME_WRONG
    say_saved(saved)
    only_open = "1" if sent.get("open") == "1" else None
    return redirect(url_for(endpoint, code=sitting.code, after=_next(sent.get("next", "")), open=only_open), 303)


def _saved(sitting: Sitting, form: GridForm, save: Save, typed: Sequence[TypedMark]) -> list[RowOutcome]:
    """In one transaction with the key of the press: sent twice, it is saved once."""
    outcomes: list[RowOutcome] = []

    def act() -> str:
        outcomes[:] = save(sitting.code, typed, by=current_user.actor, now=now())
        return request.path

    if typed:
        act_once(form, act)
    return outcomes


def _maker_grid(sitting: Sitting, form: GridForm, wrong: dict[str, Problem] | None = None, saved: int = 0) -> Any:
    rows, page = maker_page(db.session(), sitting, current_user.account_id, after=_place(), find=asked("q"),
                            only_open="1" in (asked("open"), request.form.get("open")))
    return _grid("results/staff/enter.html", sitting, form, rows, page, wrong, saved)


def _checker_grid(sitting: Sitting, form: GridForm, wrong: dict[str, Problem] | None = None, saved: int = 0) -> Any:
    if any(one.code == "reason_missing" for one in (wrong or {}).values()):
        form.reason.errors = [translate(REASON_ALONE)]
    rows, page = checker_page(db.session(), sitting, current_user.actor, now(), after=_place(), find=asked("q"))
    return _grid("results/staff/check.html", sitting, form, rows, page, wrong, saved)


def _grid(
    template: str, sitting: Sitting, form: GridForm, rows: Sequence[MakerRow | BlindRow], page: Any,
    wrong: dict[str, Problem] | None, saved: int,
) -> Any:
    cells = [_cell(row, (wrong or {}).get(row.reference)) for row in rows]
    shown = {row.reference for row in rows}
    gone = [(reference, one) for reference, one in (wrong or {}).items() if reference not in shown]
    return render_template(
        template, sitting=sitting, form=form, cells=cells, page=page, gone=gone, saved=saved, marks=_marks_of(sitting),
        wrong=len(wrong or {}), find=asked("q"), only_open="1" in (asked("open"), request.form.get("open")),
        alone=current_user.actor.may(Permission.ACT_ALONE), here=_place(),
        progress=sitting_progress(db.session(), sitting),
    )


def _cell(row: MakerRow | BlindRow, problem: Problem | None) -> Cell:
    """A wrong row keeps what was typed; a maker's own entry is shown to them alone, a checker's input is empty."""
    name = MARK + row.reference
    own = value_of(row.mine) if isinstance(row, MakerRow) else ""
    typed = request.form.get(name, "")[:20] if problem is not None else own
    return Cell(row, name, VERSION + row.reference, typed, translate(problem) if problem is not None else "")


def _marks_of(sitting: Sitting) -> PassMarks:
    return sitting.window.agreed.pass_marks


def _place() -> int | None:
    """Where on the list this page begins; a page that was sent says so itself."""
    sent = request.form.get("here", "") if request.method == "POST" else ""
    return _next(sent) if request.method == "POST" else asked_number("after")


def _next(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
