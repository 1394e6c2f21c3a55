"""Complaints as staff see them: the queue, one taken down for a learner, one looked into and answered."""

from collections.abc import Callable
from datetime import time
from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.audit import services as audit
from enroll.documents.sheets import Column, write_xlsx
from enroll.foundation.clock import at_beijing, local_day
from enroll.foundation.masking import mask_name
from enroll.foundation.problems import Refused
from enroll.foundation.words import N_
from enroll.programmes.rules.working_days import days_left
from enroll.storage.database import db, transaction
from enroll.supervision.forms import ConcludeForm, FindingForm, HandlerForm, NoteForm, TakenComplaintForm
from enroll.supervision.lifecycle import COMPLAINT
from enroll.supervision.models import Complaint
from enroll.supervision.queries import complaints as queries
from enroll.supervision.rules.complaints import ABOUT_NAMES, CHANNEL_NAMES, FINDING_NAMES, About, Channel, Finding
from enroll.supervision.services import complaints as services
from enroll.supervision.views.asking import LARGEST_PICTURE, kept_picture
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number, outside_url
from enroll.web.components import Tab
from enroll.web.downloads import send_bytes, send_stored
from enroll.web.language import show_day, show_moment, translate
from enroll.web.moments import now, today
from enroll.web.once import once
from enroll.web.uploads import takes_files

staff = Blueprint("complaints_staff", __name__, url_prefix="/staff/complaints")
SEES = (Permission.HANDLE_COMPLAINTS, Permission.SEE_AUDIT)
TABS = {"received": N_("To be answered"), "answered": N_("Answered"), "closed": N_("Complaint closed")}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@staff.get("")
@requires(*SEES)
def queue() -> Any:
    session, find = db.session(), asked("q", most=100)
    state, after = asked("state") if asked("state") in TABS else "received", asked_number("after")
    mine = asked("whose") == "mine"
    owner = current_user.account_id if mine else None
    if find:
        page = queries.complaints_found(session, find, after=after)
    elif state == "received":
        page = queries.complaints_waiting(session, owner_id=owner, after=after)
    else:
        page = queries.complaints_in(session, state, owner_id=owner, after=after)
    figures = queries.figures(session, current_user.account_id, now())
    return render_template(
        "supervision/staff/complaints.html", page=page, state=state, find=find, whose="mine" if mine else "all",
        rows=[(one, COMPLAINT.label(one.state), days_left(one.answer_by, now())) for one in page.rows],
        abouts=ABOUT_NAMES, figures=figures, findings=FINDING_NAMES,
        tabs_of=[Tab(label, url_for(".queue", state=code), figures.waiting if code == "received" else None,
                     code == state and not find) for code, label in TABS.items()],
        notice=_notice(page.rows) if state == "received" and not find else "",
        handles=current_user.actor.may(Permission.HANDLE_COMPLAINTS),
    )


@staff.get("/new")
@requires(Permission.HANDLE_COMPLAINTS)
def new() -> Any:
    form = TakenComplaintForm(formdata=None, learner=asked("learner", most=20))
    form.received_on.data = today()
    return _new_page(form)


@staff.post("/new")
@requires(Permission.HANDLE_COMPLAINTS)
@takes_files(LARGEST_PICTURE)
def take() -> Any:
    form = TakenComplaintForm()
    if not form.validate():
        return _new_page(form), 422
    wanted = services.NewComplaint(form.about.data, form.title.data, form.text.data, form.wish.data or "",
                                   form.channel.data)
    received = at_beijing(form.received_on.data or today(), time(9))
    try:
        picture = kept_picture(form.picture.data)
        answer = once(form, lambda: url_for(".show", reference=services.take_complaint(
            wanted, form.learner.data.upper(), received, picture, by=current_user.actor, now=now())))
    except Refused as refused:
        return _new_page(form, form.show_problems(refused.problems)), 409
    flash(_("Taken down. The learner is told that it has arrived, and until when it is answered."), "ok")
    return answer


@staff.get("/register.xlsx")
@requires(*SEES)
def register() -> Any:
    """The register of complaints, names masked, for whoever inspects or wants to learn from them."""
    columns = [Column(_(title), width) for title, width in (
        (N_("Number"), 12), (N_("Learner"), 14), (N_("What it is about"), 22), (N_("How it came"), 16),
        (N_("Received on"), 18), (N_("To be answered by"), 18), (N_("Answered"), 18), (N_("What was found"), 16),
        (N_("State"), 16), (N_("Who answers"), 14))]
    rows = [[
        one.reference, mask_name(one.learner.called), translate(ABOUT_NAMES[About(one.about)]),
        translate(CHANNEL_NAMES[Channel(one.channel)]), show_moment(one.received_at), show_moment(one.answer_by),
        show_moment(one.answered_at) if one.answered_at else "",
        translate(FINDING_NAMES[Finding(one.finding)]) if one.finding else "",
        translate(COMPLAINT.label(one.state).staff), one.owner.name if one.owner else "",
    ] for one in queries.all_complaints(db.session())]
    with transaction() as session:
        audit.record(session, "complaint.export", "complaints", by=current_user.actor, now=now(), rows=len(rows))
    return send_bytes(write_xlsx(columns, rows, sheet_title=_("Complaints")), media_type=XLSX, name="complaints.xlsx")


@staff.get("/<ref:reference>")
@requires(*SEES)
def show(reference: str) -> Any:
    return _page(_complaint(reference))


@staff.get("/<ref:reference>/files/<token:token>")
@requires(*SEES)
def file(reference: str, token: str) -> Any:
    return send_stored(queries.file_of(_complaint(reference), token, notes=True) or abort(404), inline=True)


@staff.post("/<ref:reference>/answer")
@requires(Permission.HANDLE_COMPLAINTS)
@takes_files(LARGEST_PICTURE)
def answer(reference: str) -> Any:
    form = FindingForm()
    return _act(reference, form, "finding_form", _("Answered. The learner is told."),
                lambda kept: services.answer_complaint(reference, form.finding.data, form.text.data, kept,
                                                       by=current_user.actor, now=now(), version=form.seen_version))


@staff.post("/<ref:reference>/note")
@requires(Permission.HANDLE_COMPLAINTS)
@takes_files(LARGEST_PICTURE)
def note(reference: str) -> Any:
    form = NoteForm()
    return _act(reference, form, "note_form", _("Noted. The learner does not read it."),
                lambda kept: services.add_to_complaint(reference, form.text.data, kept, by=current_user.actor,
                                                       now=now(), note=True, version=form.seen_version))


@staff.post("/<ref:reference>/hand_on")
@requires(Permission.HANDLE_COMPLAINTS)
def hand_on(reference: str) -> Any:
    form = HandlerForm()
    form.offer(*_people())
    return _act(reference, form, "handler_form", _("Handed on."), lambda _kept: services.hand_on_complaint(
        reference, form.to.data or "", form.about_person.data or "", by=current_user.actor, now=now(),
        version=form.seen_version))


@staff.post("/<ref:reference>/close")
@requires(Permission.HANDLE_COMPLAINTS)
def close(reference: str) -> Any:
    form = ConcludeForm()
    return _act(reference, form, "close_form", _("Closed. The learner reads your reason."),
                lambda _kept: services.close_complaint(reference, form.reason.data, by=current_user.actor, now=now(),
                                                       version=form.seen_version))


def _act(reference: str, form: Any, name: str, done: str, act: Callable[[Any], None]) -> Any:
    complaint = _complaint(reference)
    if not form.validate():
        return _page(complaint, **{name: form}), 422
    try:
        kept = kept_picture(form.picture.data) if "picture" in form else None

        def press() -> str:
            act(kept)
            return url_for(".show", reference=reference)

        answered = once(form, press)
    except Refused as refused:
        problems = form.show_problems(refused.problems)
        return _page(_complaint(reference), problems=problems, **{name: form}), 409
    flash(done, "ok")
    return answered


def _page(complaint: Complaint, *, problems: Any = (), **sent: Any) -> Any:
    forms: dict[str, Any] = {"finding_form": FindingForm, "note_form": NoteForm, "handler_form": HandlerForm,
                             "close_form": ConcludeForm}
    made = {name: sent.get(name) or kind(formdata=None) for name, kind in forms.items()}
    made["handler_form"].offer(*_people())
    if "handler_form" not in sent:
        made["handler_form"].to.data = complaint.owner.username if complaint.owner else ""
        made["handler_form"].about_person.data = complaint.about_person.username if complaint.about_person else ""
    for form in made.values():
        form.version.data = str(complaint.version)
    offers = {one.move.name: one for one in COMPLAINT.offers(complaint.state, current_user.actor,
                                                            queries.facts_of(complaint))}
    return render_template(
        "supervision/staff/complaint.html", complaint=complaint, label=COMPLAINT.label(complaint.state),
        offers=offers, about=ABOUT_NAMES[About(complaint.about)], channel=CHANNEL_NAMES[Channel(complaint.channel)],
        finding=FINDING_NAMES[Finding(complaint.finding)] if complaint.finding else "", problems=problems,
        left=days_left(complaint.answer_by, now()), moves=queries.moves_of_complaint(db.session(), complaint.id),
        lifecycle=COMPLAINT, largest=LARGEST_PICTURE, handles=current_user.actor.may(Permission.HANDLE_COMPLAINTS),
        form=next(iter(sent.values()), None), **made,
    )


def _people() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    session = db.session()
    return ([(one.username or "", one.name) for one in queries.handlers(session, now())],
            [(one.username or "", one.name) for one in queries.members_of_staff(session, now())])


def _new_page(form: TakenComplaintForm, problems: Any = ()) -> str:
    return render_template("supervision/staff/take_complaint.html", form=form, problems=problems,
                           largest=LARGEST_PICTURE)


def _complaint(reference: str) -> Complaint:
    return queries.complaint_by_reference(db.session(), reference) or abort(404)


def _notice(rows: Any) -> str:
    """For the group of those who answer: masked names, what waits, by when, and the link."""
    lines = [f"{one.reference} {mask_name(one.learner.called)} "
             f"{_('by %(moment)s', moment=show_moment(one.answer_by))}" for one in rows[:10]]
    if not lines:
        return ""
    head = _("Complaints to be answered, %(day)s:", day=show_day(local_day(now())))
    return "\n".join([head, *lines, outside_url("complaints_staff.queue")])
