"""How far the results are: all windows, one window with its publication, one sitting, one result."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.audit.queries import done_alone
from enroll.foundation.problems import Refused
from enroll.programmes.models import Window
from enroll.programmes.queries.windows import published_window
from enroll.results.forms import DecideForm, UploadForm, VoidForm
from enroll.results.lifecycle import RESULT, ResultState
from enroll.results.models import Result
from enroll.results.queries.facts import facts_of, round_of
from enroll.results.queries.grids import numbers_of, sitting_page, values_may_be_seen, waiting_to_check
from enroll.results.queries.imports import imports_of
from enroll.results.queries.next_steps import learners_to_tell
from enroll.results.queries.people import names_of
from enroll.results.queries.progress import (
    progress_by_window,
    publication_facts,
    published_moments,
    sitting_progress,
    windows_with_exams,
)
from enroll.results.rules.checks import SittingProgress, against_publishing
from enroll.results.rules.verdicts import VERDICT_LABELS, Verdict
from enroll.results.services.opening import open_results
from enroll.results.services.publishing import lock_sitting, publish_results, unlock_sitting
from enroll.results.staff_views.blueprint import results_staff, the_result, the_sitting, value_of
from enroll.storage.database import db
from enroll.web.access import requires, weighty
from enroll.web.addresses import asked, asked_number
from enroll.web.forms import MoveForm
from enroll.web.moments import now
from enroll.web.notices import group_notice
from enroll.web.once import once

SEES = (Permission.SEE_RESULTS,)
OPENS = (Permission.MAKE_RESULTS, Permission.PUBLISH_RESULTS)
TABS = ("", *(str(one) for one in ResultState if one is not ResultState.SUPERSEDED))


@dataclass(frozen=True)
class WindowRow:
    window: Window
    published_at: Any
    sittings: tuple[SittingProgress, ...]

    @property
    def to_do(self) -> int:
        return sum(one.total - one.locked - one.published for one in self.sittings)


@results_staff.get("/results")
@requires(*SEES)
def overview() -> Any:
    session = db.session()
    windows = windows_with_exams(session, now())
    published = published_moments(session, [one.id for one in windows])
    progress = progress_by_window(session, [one.id for one in windows])
    rows = [WindowRow(one, published.get(one.id), progress.get(one.id, ())) for one in windows]
    return render_template("results/staff/overview.html", rows=rows, notice=_notice(rows),
                           may_set=current_user.actor.may(Permission.MANAGE_SETTINGS))


def _notice(rows: list[WindowRow]) -> str:
    """For the colleagues' group: which sitting still waits for marks, and by when they are due. It names nobody."""
    waiting = [(one, row.window.marking_by) for row in rows for one in row.sittings]
    lines = [("", _("%(sitting)s: %(enter)s to enter, %(check)s to check", sitting=one.sitting, enter=one.to_enter,
                    check=one.entered + one.differ), by)
             for one, by in waiting if one.to_enter + one.entered + one.differ]
    return group_notice(_("Marks that wait, %(day)s:"), lines, "results_staff.overview")


@results_staff.get("/results/windows/<code:code>")
@requires(*SEES)
def window_page(code: str) -> Any:
    return _window_page(code, MoveForm())


@results_staff.post("/results/windows/<code:code>/publish")
@requires(Permission.PUBLISH_RESULTS)
@weighty
def publish(code: str) -> Any:
    form = MoveForm()
    if not form.validate():
        return _window_page(code, form), 422

    def act() -> str:
        publish_results(code, by=current_user.actor, now=now())
        return url_for("results_staff.window_page", code=code)

    try:
        answer = once(form, act)
    except Refused as no:
        return _window_page(code, form, no.problems), 409
    flash(_("The results are published. Everybody concerned is told by message."), "ok")
    return answer


@results_staff.get("/results/sittings/<code:code>")
@requires(*SEES)
def sitting(code: str) -> Any:
    return _sitting_page(code, MoveForm())


@results_staff.post("/results/sittings/<code:code>/open")
@requires(*OPENS)
def open_rows(code: str) -> Any:
    return _act_on_sitting(code, lambda reason: ngettext(
        "%(num)s row opened or brought up to date.", "%(num)s rows opened or brought up to date.",
        open_results(code, by=current_user.actor, now=now())))


@results_staff.post("/results/sittings/<code:code>/lock")
@requires(Permission.PUBLISH_RESULTS)
def lock_rows(code: str) -> Any:
    return _act_on_sitting(code, lambda reason: ngettext(
        "%(num)s result locked.", "%(num)s results locked.", lock_sitting(code, by=current_user.actor, now=now())))


@results_staff.post("/results/sittings/<code:code>/unlock")
@requires(Permission.PUBLISH_RESULTS)
def unlock_rows(code: str) -> Any:
    return _act_on_sitting(code, lambda reason: ngettext(
        "%(num)s result unlocked.", "%(num)s results unlocked.",
        unlock_sitting(code, by=current_user.actor, now=now(), reason=reason)))


@results_staff.get("/results/<ref:reference>")
@requires(*SEES)
def show(reference: str) -> Any:
    return show_result(the_result(reference), DecideForm())


def show_result(
    row: Result, decide: DecideForm, problems: tuple[Any, ...] = (), *, sent: MoveForm | None = None
) -> str:
    """The result with its steps; `sent` is the form of the step that was tried."""
    void = sent if sent is not None and sent is not decide else VoidForm(formdata=None)
    session, actor = db.session(), current_user.actor
    seen = values_may_be_seen(row, current_user.account_id, may_decide=actor.may(Permission.CHECK_RESULTS))
    entries = [(one, value_of(one) if seen else "", one.entry_round < row.entry_round) for one in row.entries]
    offers = {offer.move.name: offer for offer in RESULT.offers(row.state, actor, facts_of(row))}
    decide.version.data = void.version.data = str(row.version)
    return render_template(
        "results/staff/result.html", row=row, label=RESULT.label(row.state), entries=entries, seen=seen,
        form=sent or decide, decide=decide, void_form=void, offers=offers, problems=problems,
        names=names_of(session, row), number=numbers_of(
            session, [row])[row.id], verdict=_verdict_label(row) if seen else None, value=value_of(row) if seen else "",
        mine=_is_mine(row), sitting=row.booking.sitting, alone=done_alone(session, [row.reference]),
    )


def _is_mine(row: Result) -> bool:
    first = round_of(row).first
    return row.state == ResultState.ENTERED and first is not None and first.made_by_id == current_user.account_id


def _verdict_label(row: Result) -> Any:
    return VERDICT_LABELS[Verdict(row.verdict)] if row.verdict else None


def _window_page(code: str, form: MoveForm, problems: tuple[Any, ...] = ()) -> str:
    session = db.session()
    window = published_window(session, code) or abort(404)
    facts = publication_facts(session, window, now())
    return render_template(
        "results/staff/window.html", window=window, facts=facts, reasons=against_publishing(facts), form=form,
        upload=UploadForm(), problems=problems, imports=imports_of(session, code),
        tell=learners_to_tell(session, window.id), may_publish=current_user.actor.may(Permission.PUBLISH_RESULTS),
        may_make=current_user.actor.may(Permission.MAKE_RESULTS), now=now(),
    )


def _sitting_page(code: str, form: MoveForm, problems: tuple[Any, ...] = ()) -> str:
    session, actor, the = db.session(), current_user.actor, the_sitting(code)
    state = asked("state") if asked("state") in TABS else ""
    rows, page = sitting_page(session, the, state, after=asked_number("after"), find=asked("q"))
    progress = sitting_progress(session, the)
    shown = [(row, RESULT.label(row.result.state), _shown_value(row.result), _verdict_label(row.result))
             for row in rows]
    return render_template(
        "results/staff/sitting.html", sitting=the, rows=shown, page=page, progress=progress, state=state, form=form,
        tabs=[(one, RESULT.label(one) if one else None) for one in TABS], find=asked("q"), problems=problems,
        may_make=actor.may(Permission.MAKE_RESULTS), may_check=actor.may(Permission.CHECK_RESULTS),
        may_open=any(actor.may(one) for one in OPENS), may_lock=actor.may(Permission.PUBLISH_RESULTS),
        to_check=waiting_to_check(session, the, current_user.actor),
    )


def _shown_value(row: Result) -> str:
    return value_of(row) if values_may_be_seen(row, current_user.account_id, may_decide=False) else ""


def _act_on_sitting(code: str, act: Callable[[str], str]) -> Any:
    """One step of a whole sitting: POST, then back to its page with what was done."""
    the_sitting(code)
    form, words = MoveForm(), [""]
    if not form.validate():
        return _sitting_page(code, form), 422

    def whole() -> str:
        words[0] = act(form.reason.data or "")
        return url_for("results_staff.sitting", code=code)

    try:
        answer = once(form, whole)
    except Refused as no:
        return _sitting_page(code, form, no.problems), 409
    if words[0]:
        flash(words[0], "ok")
    return answer
