"""Live classes, for staff: the calendar, planning, the room's codes, the meeting's list, settling, corrections."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.courses.forms import AttendanceForm, LiveClassForm, LiveListForm
from enroll.courses.lifecycle import LIVE_CLASS, LiveState
from enroll.courses.models.live import LiveClass
from enroll.courses.queries.live import (
    courses_to_teach,
    decided_by_person,
    facts_known,
    live_by_reference,
    live_counts,
    live_moves,
    live_page,
    modules_to_teach,
    people_and_places,
    people_in,
    places_taken,
    signs_by_person,
    trainers,
)
from enroll.courses.rules.live import CODE_SECONDS, IN, LIVE_WHY, OUT, code_at
from enroll.courses.services.live import LivePlan, cancel_class, change_class, plan_class
from enroll.courses.services.live_attendance import correct_attendance, settle_class, standings
from enroll.courses.services.live_lists import apply_attendance_list, check_attendance_list
from enroll.documents.sheets import Column, write_xlsx
from enroll.enrolments.models import Enrolment
from enroll.foundation.problems import Refused
from enroll.foundation.words import N_, say
from enroll.storage.database import db
from enroll.storage.imports import staged
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number
from enroll.web.components import Tab
from enroll.web.downloads import send_bytes
from enroll.web.forms import ActForm, MoveForm
from enroll.web.language import translate
from enroll.web.moments import now
from enroll.web.notices import group_notice
from enroll.web.once import once
from enroll.web.uploads import takes_files

pages = Blueprint("live_staff", __name__, url_prefix="/staff/live")
MOST_BYTES = 5 * 1024 * 1024
TABS = {"planned": N_("Planned"), "held": N_("To be settled"), "settled": N_("Settled"), "cancelled": N_("Cancelled")}
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("")
@requires(Permission.TEACH)
def index() -> Any:
    session, state = db.session(), asked("state") if asked("state") in TABS else "planned"
    page, counts = live_page(session, [state], words=asked("q"), after=asked_number("after")), live_counts(session)
    return render_template(
        "courses/staff/live.html", page=page, state=state, q=asked("q"), lifecycle=LIVE_CLASS,
        taken=places_taken(session, [one.id for one in page.rows]),
        notice=_notice(page.rows) if state == "planned" else "",
        tabs_of=[Tab(label, url_for(".index", state=code), counts.get(code, 0), code == state)
                 for code, label in TABS.items()],
    )


def _notice(rows: Iterable[LiveClass]) -> str:
    """For the class group: which classes come, who holds them, when. Trainers are no secret; nobody else is named."""
    lines = [("", f"{one.title} · {one.trainer.name}", one.starts_at) for one in rows]
    return group_notice(_("Live classes to come, %(day)s:"), lines, "live.index", at=_("at %(moment)s"))


@pages.get("/new")
@requires(Permission.TEACH)
def new() -> Any:
    form = LiveClassForm(formdata=None)
    _offer(form)
    form.trainer.data = str(current_user.account_id)
    return render_template("courses/staff/live_plan.html", form=form, live=None, problems=())


@pages.post("/new")
@requires(Permission.TEACH)
def plan() -> Any:
    return _keep(None)


@pages.get("/<ref:reference>/change")
@requires(Permission.TEACH)
def edit(reference: str) -> Any:
    live = _live(reference)
    form = LiveClassForm(formdata=None, obj=live)
    _offer(form)
    module = f"/{live.module.code}" if live.module else ""
    form.course.data, form.trainer.data = f"{live.course.code}{module}", str(live.trainer_id)
    form.version.data = str(live.version)
    return render_template("courses/staff/live_plan.html", form=form, live=live, problems=())


@pages.post("/<ref:reference>/change")
@requires(Permission.TEACH)
def change(reference: str) -> Any:
    return _keep(_live(reference))


@pages.get("/<ref:reference>")
@requires(Permission.TEACH)
def show(reference: str) -> Any:
    return _page(_live(reference))


@pages.get("/<ref:reference>/codes")
@requires(Permission.TEACH)
def codes(reference: str) -> Any:
    live = _live(reference)
    left = CODE_SECONDS - int(now().timestamp()) % CODE_SECONDS
    return render_template("courses/staff/live_codes.html", live=live, left=left,
                           sign_in=code_at(live.secret, IN, now()), sign_out=code_at(live.secret, OUT, now()))


@pages.get("/<ref:reference>/roster.xlsx")
@requires(Permission.TEACH)
def roster(reference: str) -> Any:
    live = _live(reference)
    rows = [(one.learner.reference, one.learner.legal_name, found.share, found.minutes,
             translate(say(LIVE_WHY[found.why]))) for one, found in _people(live)]
    columns = [Column(_("Learner no.")), Column(_("Name")), Column(_("Attendance (%)")),
               Column(_("Minutes that count"), 20), Column(_("Result"), 40)]
    return send_bytes(write_xlsx(columns, rows, sheet_title=live.title), media_type=SHEET, name=f"{reference}.xlsx")


@pages.post("/<ref:reference>/cancel")
@requires(Permission.TEACH)
def cancel(reference: str) -> Any:
    form, live = MoveForm(), _live(reference)
    if not form.validate():
        return _page(live, move_form=form), 422

    def act() -> str:
        cancel_class(reference, form.reason.data or "", by=current_user.actor, now=now(), version=form.seen_version)
        flash(_("The class is cancelled. Whoever has a place hears of it."), "ok")
        return url_for(".show", reference=reference)

    try:
        return once(form, act)
    except Refused as refused:
        return _page(_live(reference), move_form=form, problems=form.show_problems(refused.problems)), 409


@pages.post("/<ref:reference>/settle")
@requires(Permission.TEACH)
def settle(reference: str) -> Any:
    form, live = ActForm(), _live(reference)
    if not form.validate():
        return _page(live), 422

    def act() -> str:
        number = settle_class(reference, by=current_user.actor, now=now(), version=form.seen_version)
        done = ngettext("Settled: %(num)s learner is credited.", "Settled: %(num)s learners are credited.", number)
        flash(done, "ok")
        return url_for(".show", reference=reference)

    try:
        return once(form, act)
    except Refused as refused:
        return _page(_live(reference), problems=refused.problems), 409


@pages.post("/<ref:reference>/list")
@requires(Permission.TEACH)
@takes_files(MOST_BYTES)
def bring(reference: str) -> Any:
    form, live = LiveListForm(), _live(reference)
    if not form.validate() or not form.file.data:
        form.file.errors = [*form.file.errors, _("Choose a file.")]
        return _page(live, list_form=form), 422
    content, name = form.file.data.read(), form.file.data.filename or "list.xlsx"

    def act() -> str:
        kept = check_attendance_list(reference, content, file_name=name, by=current_user.actor, now=now())
        return url_for(".preview", reference=reference, token=kept.token)

    try:
        return once(form, act)
    except Refused as refused:
        return _page(_live(reference), list_form=form, problems=form.show_problems(refused.problems)), 422


@pages.get("/<ref:reference>/list/<token:token>")
@requires(Permission.TEACH)
def preview(reference: str, token: str) -> Any:
    return _preview(reference, token)


@pages.post("/<ref:reference>/list/<token:token>")
@requires(Permission.TEACH)
def apply(reference: str, token: str) -> Any:
    form = ActForm()
    if not form.validate():
        return _preview(reference, token), 422

    def act() -> str:
        number = apply_attendance_list(token, by=current_user.actor, now=now())
        flash(ngettext("%(num)s row brought in.", "%(num)s rows brought in.", number), "ok")
        return url_for(".show", reference=reference)

    try:
        return once(form, act)
    except Refused as refused:
        return _preview(reference, token, refused.problems), 409


@pages.get("/<ref:reference>/people/<ref:enrolment>")
@requires(Permission.TEACH)
def person(reference: str, enrolment: str) -> Any:
    return _person(reference, enrolment, AttendanceForm(formdata=None))


@pages.post("/<ref:reference>/people/<ref:enrolment>")
@requires(Permission.TEACH)
def correct(reference: str, enrolment: str) -> Any:
    form = AttendanceForm()
    if not form.validate():
        return _person(reference, enrolment, form), 422

    def act() -> str:
        correct_attendance(reference, enrolment, form.minutes.data or 0, form.reason.data or "",
                           by=current_user.actor, now=now())
        flash(_("Corrected. The learner hears of it with the reason."), "ok")
        return url_for(".show", reference=reference)

    try:
        return once(form, act)
    except Refused as refused:
        return _person(reference, enrolment, form, form.show_problems(refused.problems)), 409


def _keep(live: LiveClass | None) -> Any:
    form = LiveClassForm()
    _offer(form)
    where = "courses/staff/live_plan.html"
    if not form.validate():
        return render_template(where, form=form, live=live, problems=()), 422
    reference, seen = live.reference if live else "", form.seen_version

    def act() -> str:
        if reference:
            change_class(reference, _plan(form), by=current_user.actor, now=now(), version=seen)
            return url_for(".show", reference=reference)
        return url_for(".show", reference=plan_class(_plan(form), by=current_user.actor, now=now()))

    try:
        answer = once(form, act)
    except Refused as refused:
        problems = form.show_problems(refused.problems)
        return render_template(where, form=form, live=_live(reference) if reference else None, problems=problems), 409
    flash(_("The class stands as entered."), "ok")
    return answer


def _plan(form: LiveClassForm) -> LivePlan:
    course, _slash, module = (form.course.data or "").partition("/")
    trainer = form.trainer.data or ""
    return LivePlan(
        title=form.title.data or "", course=course, module=module, kind=form.kind.data,
        trainer_id=int(trainer) if trainer.isascii() and trainer.isdigit() and len(trainer) < 10 else 0,
        place=form.place.data or "", link=form.link.data or "", starts_at=form.starts_at.data,
        minutes=form.minutes.data or 0, capacity=form.capacity.data or 0)


def _offer(form: LiveClassForm) -> None:
    session = db.session()
    named = list[tuple[str, str]]()
    modules = modules_to_teach(session)
    for course in courses_to_teach(session):
        named.append((course.code, f"{course.code} {course.title}"))
        named += [(f"{course.code}/{one.code}", f"{one.code} {one.title}")
                  for one in modules if one.course_id == course.id]
    teaching = trainers(session, now())
    form.offer(named, [(one.id, one.name or one.username or one.reference) for one in teaching])


def _people(live: LiveClass, people: Sequence[Enrolment] | None = None, signs: Any = None) -> list[Any]:
    """Everybody with how they stand now, before the settlement; `people` and `signs` where they have been read."""
    session = db.session()
    people = people_in(session, live.id) if people is None else people
    found = standings(session, live, people, signs) if people else {}
    return [(one, found[one.id]) for one in people]


def _page(live: LiveClass, *, move_form: MoveForm | None = None, list_form: LiveListForm | None = None,
          problems: Any = ()) -> Any:
    session = db.session()
    actor, forms = current_user.actor, (move_form or MoveForm(formdata=None), list_form or LiveListForm(formdata=None))
    plain = ActForm(formdata=None)
    for one in (*forms, plain):
        one.version.data = str(live.version)
    here, signs = people_and_places(session, live.id), signs_by_person(session, live.id)
    people = [one for one, _ in here]
    offers = {one.move.name: one for one in LIVE_CLASS.offers(live.state, actor,
                                                              facts_known(live, people, signs, now()))}
    return render_template(
        "courses/staff/live_class.html", live=live, people=_people(live, people, signs),
        decided=decided_by_person(session, live.id), label=LIVE_CLASS.label(live.state), offers=offers,
        move_form=forms[0], list_form=forms[1], form=plain,
        history=live_moves(session, live.id), lifecycle=LIVE_CLASS, problems=problems, why=LIVE_WHY,
        taken=sum(placed for _, placed in here), most_bytes=MOST_BYTES,
        open=live.state in (LiveState.PLANNED, LiveState.HELD),
    )


def _preview(reference: str, token: str, problems: Any = ()) -> Any:
    live, row = _live(reference), staged(db.session(), token)
    if row is None or row.kind != f"live:{reference}":
        abort(404)
    faults = [(one["row"], one["column"], say(one["message"], **one["values"])) for one in row.refused]
    return render_template("courses/staff/live_list.html", live=live, row=row, faults=faults, problems=problems,
                           form=ActForm(formdata=None))


def _person(reference: str, enrolment: str, form: AttendanceForm, problems: Any = ()) -> Any:
    live = _live(reference)
    found = next((row for row in decided_by_person(db.session(), live.id).values()
                  if row.enrolment.reference == enrolment), None) or abort(404)
    return render_template("courses/staff/live_person.html", live=live, row=found, form=form, problems=problems,
                           why=LIVE_WHY)


def _live(reference: str) -> LiveClass:
    return live_by_reference(db.session(), reference) or abort(404)
