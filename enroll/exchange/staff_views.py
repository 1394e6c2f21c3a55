"""Batches to the issuing body and its replies, for the body liaison."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from wtforms import SelectChoice  # type: ignore[attr-defined, unused-ignore]  # the stubs are older than it

from enroll.accounts.permissions import Permission
from enroll.exchange.forms import BatchFilter, MakeForm, ReplyForm, RowFilter
from enroll.exchange.lifecycle import BATCH, BatchState
from enroll.exchange.models import Batch
from enroll.exchange.queries import batches as queries
from enroll.exchange.rules.batches import KIND_NAMES, ROW_LABELS, BatchKind, RowState
from enroll.exchange.services import batches as acts
from enroll.exchange.services import replies
from enroll.exchange.services.kinds import KINDS
from enroll.foundation.masking import mask_name
from enroll.foundation.problems import Problem, Refused
from enroll.programmes.models import Window
from enroll.storage.database import db
from enroll.storage.imports import StagedImport, staged
from enroll.web.access import requires, weighty
from enroll.web.addresses import asked, asked_number, outside_url
from enroll.web.downloads import send_bytes, send_stored
from enroll.web.forms import ActForm, MoveForm
from enroll.web.language import show_moment, translate
from enroll.web.moments import now
from enroll.web.once import once
from enroll.web.uploads import takes_files

pages = Blueprint("exchange_staff", __name__, url_prefix="/staff/exchange")
MOST_BYTES = 60 * 1024 * 1024
BY_HAND = {"send": acts.send_batch, "reconcile": acts.reconcile_batch}


@pages.get("")
@requires(Permission.EXCHANGE)
def batches() -> Any:
    return _list_page(MakeForm(formdata=None))


@pages.post("/make")
@requires(Permission.EXCHANGE)
def make() -> Any:
    form = _with_choices(MakeForm(), queries.windows_of_batches(db.session()))
    if not form.validate():
        return _list_page(form), 422

    def act() -> str:
        reference = acts.make_batch(BatchKind(form.kind.data), form.window.data, by=current_user.actor, now=now())
        return url_for("exchange_staff.batch", reference=reference)

    try:
        return once(form, act)
    except Refused as refused:
        return _list_page(form, form.show_problems(refused.problems)), 422


@pages.get("/<ref:reference>")
@requires(Permission.EXCHANGE)
def batch(reference: str) -> Any:
    return _batch_page(_found(reference))


@pages.post("/<ref:reference>/freeze")
@requires(Permission.EXCHANGE)
def freeze(reference: str) -> Any:
    """The files are made first, outside the transaction that freezes."""
    _found(reference)
    prepared = acts.prepare(reference, now=now())
    return _move(reference, lambda form: acts.freeze(reference, prepared, by=current_user.actor, now=now(),
                                                        seen_version=form.seen_version))


@pages.post("/<ref:reference>/<move>")
@requires(Permission.EXCHANGE)
def move(reference: str, move: str) -> Any:
    _found(reference)
    if move not in BY_HAND:
        abort(404)
    return _move(reference, lambda form: BY_HAND[move](reference, by=current_user.actor, now=now(),
                                                       seen_version=form.seen_version))


@pages.post("/<ref:reference>/thaw")
@requires(Permission.EXCHANGE)
def thaw(reference: str) -> Any:
    _found(reference)
    return _move(reference, lambda form: acts.thaw_batch(reference, by=current_user.actor, now=now(),
                                                         reason=form.reason.data or "", seen_version=form.seen_version))


@pages.get("/<ref:reference>/<what>")
@requires(Permission.EXCHANGE)
def download(reference: str, what: str) -> Any:
    found = _found(reference)
    stored = {"sheet": found.sheet, "photos": found.photos}.get(what)
    if stored is None:
        abort(404)
    answer = send_stored(stored)
    acts.note_download(reference, what, by=current_user.actor, now=now())
    return answer


@pages.get("/blank/<kind>.xlsx")
@requires(Permission.EXCHANGE)
def blank(kind: str) -> Any:
    if kind not in set(BatchKind):
        abort(404)
    return send_bytes(replies.blank_reply(BatchKind(kind)), media_type=replies.XLSX, name=f"reply-{kind}.xlsx")


@pages.post("/<ref:reference>/reply")
@requires(Permission.EXCHANGE)
@takes_files(MOST_BYTES)
def reply(reference: str) -> Any:
    found, form = _found(reference), ReplyForm()
    if not form.validate() or not form.file.data:
        form.file.errors = [*form.file.errors, _("Choose a file.")]
        return _batch_page(found, form), 422
    kind, name = BatchKind(found.kind), form.file.data.filename or "reply.xlsx"
    content, pdfs = form.file.data.read(), form.documents.data.read() if form.documents.data else b""

    def act() -> str:
        kept = replies.check_reply(kind, content, file_name=name, by=current_user.actor, now=now(), batch=reference,
                                   documents=pdfs)
        return url_for("exchange_staff.preview", token=kept.token)

    try:
        return once(form, act)
    except Refused as refused:
        return _batch_page(_found(reference), form, form.show_problems(refused.problems)), 422


@pages.get("/replies/<token:token>")
@requires(Permission.EXCHANGE)
def preview(token: str) -> Any:
    return _preview_page(_staged(token))


@pages.post("/replies/<token:token>/apply")
@requires(Permission.EXCHANGE)
@weighty
def apply(token: str) -> Any:
    subject, read = _staged(token).subject, replies.read_again(token)

    def act() -> str:
        done = replies.apply_reply(read, by=current_user.actor, now=now())
        flash(ngettext("%(num)s row is answered.", "%(num)s rows are answered.", done) if done
              else _("This very file has been applied before. Nothing was changed."), "ok" if done else "info")
        return url_for("exchange_staff.batch", reference=subject) if subject else url_for("exchange_staff.batches")

    try:
        return once(ActForm(), act)
    except Refused as refused:
        return _preview_page(_staged(token), refused.problems), 422


@pages.post("/replies/<token:token>/abandon")
@requires(Permission.EXCHANGE)
def abandon(token: str) -> Any:
    subject = _staged(token).subject

    def act() -> str:
        replies.abandon_reply(token, by=current_user.actor, now=now())
        return url_for("exchange_staff.batch", reference=subject) if subject else url_for("exchange_staff.batches")

    try:
        return once(ActForm(), act)
    except Refused as refused:
        return _preview_page(_staged(token), refused.problems), 422


def _move(reference: str, change: Callable[[MoveForm], None]) -> Any:
    form = MoveForm()

    def act() -> str:
        change(form)
        return url_for("exchange_staff.batch", reference=reference)

    try:
        return once(form, act)
    except Refused as refused:
        return _batch_page(_found(reference), problems=refused.problems), 422


def _found(reference: str) -> Batch:
    found = queries.batch_by_reference(db.session(), reference)
    return found if found is not None else abort(404)


def _staged(token: str) -> StagedImport:
    row = staged(db.session(), token)
    return row if row is not None and row.kind.startswith("reply:") else abort(404)


def _with_choices(form: MakeForm, windows: Sequence[Window]) -> MakeForm:
    form.window.choices = [SelectChoice(one.code, one.code) for one in windows]
    form.kind.choices = [SelectChoice(str(kind), translate(KIND_NAMES[kind])) for kind in KINDS]
    return form


def _list_page(form: MakeForm, problems: tuple[Problem, ...] = ()) -> Any:
    session = db.session()
    look = BatchFilter(request.args)
    everything = SelectChoice("", _("All"))
    windows = queries.windows_of_batches(session)
    _with_choices(form, windows)
    look.window.choices = [everything, *(form.window.choices or [])]
    look.kind.choices = [everything, *(form.kind.choices or [])]
    states = [(str(one), translate(BATCH.label(one).staff)) for one in BatchState]
    look.state.choices = [everything, *(SelectChoice(value, label) for value, label in states)]
    page = queries.some_batches(session, kind=asked("kind"), window_code=asked("window"), state=asked("state"),
                                after=asked_number("after"))
    counts = queries.counts_of(session, [one.id for one in page.rows])
    rows = [(one, KIND_NAMES[BatchKind(one.kind)], BATCH.label(one.state), counts.get(one.id, queries.RowCounts()))
            for one in page.rows]
    waiting = _waiting(windows)
    return render_template("exchange/staff/batches.html", rows=rows, page=page, filter=look, form=form,
                           waiting=waiting, notice=_group_notice(waiting), problems=problems,
                           filtered=any(asked(name) for name in ("kind", "window", "state")))


def _waiting(windows: Sequence[Window]) -> list[tuple[str, str, int]]:
    """(kind's name, window, how many) for everything that waits to be reported."""
    session = db.session()
    numbers = {kind: module.waiting_by_window(session) for kind, module in KINDS.items()}
    found = [(KIND_NAMES[kind], window.code, numbers[kind].get(window.id, 0))
             for window in windows for kind in KINDS]
    return [one for one in found if one[2]]


def _group_notice(waiting: list[tuple[str, str, int]]) -> str:
    if not waiting:
        return ""
    lines = [_("%(kind)s, window %(window)s: %(number)s to report", kind=translate(kind), window=window, number=number)
             for kind, window, number in waiting]
    return "\n".join([_("To report to the issuing body, as of %(moment)s", moment=show_moment(now())), *lines,
                      outside_url("exchange_staff.batches")])


def _batch_page(found: Batch, reply_form: ReplyForm | None = None, problems: tuple[Problem, ...] = ()) -> Any:
    session = db.session()
    look = RowFilter(request.args)
    look.state.choices = [SelectChoice("", _("All")),
                          *(SelectChoice(str(one), translate(ROW_LABELS[one].staff)) for one in RowState)]
    page = queries.some_rows(session, found, state=asked("state"), after=asked_number("after"))
    rows = [(one, mask_name(one.learner.called), ROW_LABELS[RowState(one.row_state)]) for one in page.rows]
    counts = queries.counts_of(session, [found.id]).get(found.id, queries.RowCounts())
    facts = queries.facts_with(session, found, counts)
    offers = [one for one in BATCH.offers(found.state, current_user.actor, facts) if one.move.name != "acknowledge"]
    history = [(BATCH.label(one.to_state), one) for one in queries.moves_of(session, found)]
    return render_template(
        "exchange/staff/batch.html", batch=found, kind=KIND_NAMES[BatchKind(found.kind)], rows=rows, page=page,
        label=BATCH.label(found.state), offers=offers, history=history, filter=look, problems=problems,
        counts=counts, most_bytes=MOST_BYTES,
        form=MoveForm(formdata=None, version=found.version), reply_form=reply_form or ReplyForm(formdata=None),
        imports=queries.imports_of(session, found), answerable=found.state in queries.ANSWERABLE,
    )


def _preview_page(row: StagedImport, problems: tuple[Problem, ...] = ()) -> Any:
    faults = [replies.fault_from(one) for one in row.refused]
    return render_template("exchange/staff/preview.html", row=row, faults=faults, problems=problems,
                           issuance=row.kind == f"reply:{BatchKind.ISSUANCE}", form=ActForm(formdata=None))
