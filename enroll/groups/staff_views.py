"""Groups for staff: opened, their rosters, who is missing what, one payment, and the list for the employer."""

from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.accounts.rules.contacts import contact_of_key, read_contact
from enroll.documents.sheets import Column, write_xlsx
from enroll.foundation.clock import local_day
from enroll.foundation.lifecycle import StateLabel
from enroll.foundation.masking import mask_name
from enroll.foundation.money import shown_yuan
from enroll.foundation.problems import NotFound, Problem, Refused
from enroll.foundation.words import say
from enroll.groups.forms import CloseForm, GroupForm, RosterForm, TransferForm
from enroll.groups.lifecycle import GROUP, GroupState
from enroll.groups.models import ExamGroup
from enroll.groups.queries import (
    Row,
    counted,
    employers,
    group_by_reference,
    groups_in,
    money_of,
    moves_of,
    payments_of,
    rows_of,
)
from enroll.groups.rules import STAGE_LOOKS, STAGE_NAMES, WAITS_FOR_MEMBER, missing_of
from enroll.groups.services.grouping import move_group, open_group, record_transfer, remind_member
from enroll.groups.services.roster import XLSX, blank_roster, check_roster, invite_roster, kind_of, read_again
from enroll.programmes.queries.windows import windows_shown
from enroll.storage.database import db
from enroll.storage.imports import staged
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number, outside_url
from enroll.web.components import Tab
from enroll.web.downloads import send_bytes
from enroll.web.entering import phones_offered
from enroll.web.forms import ActForm
from enroll.web.language import show_day, show_moment, translate
from enroll.web.moments import now
from enroll.web.once import once
from enroll.web.uploads import takes_files

staff = Blueprint("groups_staff", __name__, url_prefix="/staff/groups")
SEES = (Permission.MANAGE_GROUPS, Permission.SEE_FEES)
MOST_BYTES = 2 * 1024 * 1024
Problems = tuple[Problem, ...]


@staff.get("")
@requires(*SEES)
def index() -> str:
    session = db.session()
    state = GroupState.CLOSED if asked("state") == GroupState.CLOSED else GroupState.OPEN
    page = groups_in(session, state, after=asked_number("after"))
    return render_template(
        "groups/staff/index.html", page=page, counts=counted(session, [one.id for one in page.rows]), state=state,
        tabs_of=[Tab(GROUP.labels[one].staff, url_for(".index", state=str(one)), None, one is state)
                 for one in GroupState], may_open=current_user.actor.may(Permission.MANAGE_GROUPS))


@staff.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_GROUPS)
def new() -> Any:
    form = GroupForm([one.code for one in windows_shown(db.session(), now()) if one.closes_at > now()])
    problems = Problems()
    if form.is_submitted() and form.validate():
        def act() -> str:
            contact = read_contact(form.contact.data or "", phones=True)
            if isinstance(contact, Problem):
                raise Refused(contact)
            return url_for(".show", reference=open_group(
                form.employer.data or "", form.contact_name.data or "", contact, form.window.data or "",
                by=current_user.actor, now=now()))

        try:
            return once(form, act)
        except Refused as refused:
            problems = form.show_problems(refused.problems)
        except NotFound:
            form.window.errors = [_("Choose one of the list.")]
    return render_template("groups/staff/new.html", form=form, problems=problems, phones=phones_offered(),
                           known=employers(db.session())), (422 if form.is_submitted() else 200)


@staff.get("/<ref:reference>")
@requires(*SEES)
def show(reference: str) -> str:
    return _page(_group(reference))


@staff.get("/<ref:reference>/state.xlsx")
@requires(*SEES)
def export(reference: str) -> Any:
    """The group as it stands, for the employer: stages alone, no mark, document or reason."""
    group = _group(reference)
    columns = [Column(_("Name"), 16), Column(_("Stage"), 30), Column(_("Still missing"), 44), Column(_("Exam fee"), 12)]
    rows = [[one.learner.called, translate(say(STAGE_NAMES[one.stage])), _missing(one),
             shown_yuan(one.fee.amount_fen) if one.fee else ""] for one in rows_of(db.session(), group.id)]
    return send_bytes(write_xlsx(columns, rows, sheet_title=group.reference), media_type=XLSX,
                      name=f"{group.reference}.xlsx")


@staff.get("/blank.xlsx")
@requires(Permission.MANAGE_GROUPS)
def blank() -> Any:
    return send_bytes(blank_roster(), media_type=XLSX, name="roster.xlsx")


@staff.post("/<ref:reference>/roster")
@requires(Permission.MANAGE_GROUPS)
@takes_files(MOST_BYTES)
def upload(reference: str) -> Any:
    _group(reference)
    form = RosterForm()
    if not form.validate() or not form.file.data:
        form.file.errors = [*form.file.errors, _("Choose a file.")]
        return _page(_group(reference), roster_form=form), 422
    content, name = form.file.data.read(), form.file.data.filename or "roster.xlsx"

    def act() -> str:
        kept = check_roster(reference, content, file_name=name, by=current_user.actor, now=now())
        return url_for(".preview", reference=reference, token=kept.token)

    try:
        return once(form, act)
    except Refused as refused:
        return _page(_group(reference), form.show_problems(refused.problems), roster_form=form), 422


@staff.get("/<ref:reference>/roster/<token:token>")
@requires(Permission.MANAGE_GROUPS)
def preview(reference: str, token: str) -> str:
    return _preview_page(_group(reference), token)


@staff.post("/<ref:reference>/roster/<token:token>")
@requires(Permission.MANAGE_GROUPS)
def invite(reference: str, token: str) -> Any:
    """Invite everybody of the list who can be."""
    form, group = ActForm(), _group(reference)
    page = _preview_page(group, token)
    if not form.validate():
        return page, 422
    roster = read_again(reference, token)

    def act() -> str:
        number = invite_roster(roster, by=current_user.actor, now=now())
        flash(ngettext("%(num)s person is invited.", "%(num)s people are invited.", number), "ok")
        return url_for(".show", reference=reference)

    try:
        return once(form, act)
    except Refused as refused:
        return _preview_page(_group(reference), token, refused.problems), 422


@staff.post("/<ref:reference>/remind/<int:learner_id>")
@requires(Permission.MANAGE_GROUPS)
def remind(reference: str, learner_id: int) -> Any:
    form = ActForm()
    if not form.validate():
        return _page(_group(reference)), 422

    def act() -> str:
        remind_member(reference, learner_id, by=current_user.actor, now=now())
        flash(_("A new link is on its way."), "ok")
        return url_for(".show", reference=reference)

    try:
        return once(form, act)
    except NotFound:
        abort(404)
    except Refused as refused:
        return _page(_group(reference), refused.problems), 422


@staff.post("/<ref:reference>/payment")
@requires(Permission.MANAGE_FEES)
def pay(reference: str) -> Any:
    form: Any = TransferForm()
    if not form.validate():
        return _page(_group(reference), pay_form=form), 422

    def act() -> str:
        spread = record_transfer(reference, form.provider.data, form.trade_no.data, form.amount.data,
                                 form.paid_at.data, by=current_user.actor, now=now())
        flash(ngettext("%(num)s fee is paid.", "%(num)s fees are paid.", len(spread.paid)), "ok")
        if spread.left_fen:
            flash(_("%(amount)s more than is owed waits to be reconciled.", amount=shown_yuan(spread.left_fen)), "warn")
        return url_for(".show", reference=reference)

    try:
        return once(form, act)
    except Refused as refused:
        return _page(_group(reference), form.show_problems(refused.problems), pay_form=form), 422


@staff.post("/<ref:reference>/close", defaults={"move": "close"})
@staff.post("/<ref:reference>/reopen", defaults={"move": "reopen"})
@requires(Permission.MANAGE_GROUPS)
def change(reference: str, move: str) -> Any:
    form: Any = CloseForm()
    if not form.validate():
        return _page(_group(reference), close_form=form), 422

    def act() -> str:
        move_group(reference, move, reason=form.reason.data, by=current_user.actor, now=now(),
                   version=form.seen_version)
        return url_for(".show", reference=reference)

    try:
        return once(form, act)
    except Refused as refused:
        return _page(_group(reference), form.show_problems(refused.problems), close_form=form), 422


def _group(reference: str) -> ExamGroup:
    return group_by_reference(db.session(), reference) or abort(404)


def _page(group: ExamGroup, problems: Problems = (), **sent: Any) -> str:
    session, actor = db.session(), current_user.actor
    rows = rows_of(session, group.id)
    close_form = sent.get("close_form") or CloseForm(formdata=None)
    close_form.version.data = str(group.version)
    return render_template(
        "groups/staff/show.html", group=group, rows=[(one, _label(one), _missing(one)) for one in rows],
        label=GROUP.label(group.state), money=money_of(session, group.id, rows),
        payments=payments_of(session, group.id),
        contact=contact_of_key(group.employer.contact).shown, problems=problems, form=next(iter(sent.values()), None),
        roster_form=sent.get("roster_form") or RosterForm(formdata=None), close_form=close_form,
        pay_form=sent.get("pay_form") or TransferForm(None, paid_at=now()), act_form=ActForm(formdata=None),
        offers={one.move.name for one in GROUP.offers(group.state, actor, None)}, notice=_notice(group, rows),
        may_manage=actor.may(Permission.MANAGE_GROUPS), may_pay=actor.may(Permission.MANAGE_FEES), lifecycle=GROUP,
        moves=moves_of(session, group.id), most_bytes=MOST_BYTES, open=group.state == GroupState.OPEN,
    )


def _preview_page(group: ExamGroup, token: str, problems: Problems = ()) -> str:
    row = staged(db.session(), token)
    if row is None or row.kind != kind_of(group.reference):
        abort(404)
    faults = [(one["row"], one["column"], say(one["message"], **one["values"])) for one in row.refused]
    return render_template("groups/staff/preview.html", group=group, row=row, faults=faults, problems=problems,
                           form=ActForm(formdata=None), here=request.path)


def _label(row: Row) -> StateLabel:
    kind, icon = STAGE_LOOKS[row.stage]
    return StateLabel(STAGE_NAMES[row.stage], STAGE_NAMES[row.stage], kind, icon)


def _missing(row: Row) -> str:
    missing = missing_of(row.stage)
    return translate(missing) if missing is not None else ""


def _notice(group: ExamGroup, rows: list[Row]) -> str:
    """For the employer's chat group: masked names, what is missing, until when. Links go to each member alone."""
    lines = [f"{mask_name(one.learner.called)}: {_missing(one)}" for one in rows if one.stage in WAITS_FOR_MEMBER]
    if not lines:
        return ""
    head = _("%(employer)s, window %(code)s, %(day)s. Registration closes on %(moment)s; seats are held only from each "
             "person’s own submission:", employer=group.employer.name, code=group.window.code,
             day=show_day(local_day(now())), moment=show_moment(group.window.closes_at))
    return "\n".join([head, *lines, outside_url("applications.mine")])
