"""Marking practical work: the queue, the oldest first, and one work at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.courses.forms import MarkForm
from enroll.courses.lifecycle import PRACTICE_WORK
from enroll.courses.models.works import PracticeWork
from enroll.courses.queries.live import trainers
from enroll.courses.queries.marking import files_and_before, loads, phrases_of, same_files
from enroll.courses.queries.practice import (
    file_of,
    moves_of,
    oldest_waiting,
    practice_decided,
    queue_page,
    target_working_days,
    work_by_reference,
)
from enroll.courses.rules.practice import WorkFacts
from enroll.courses.services.practice import accept_work, return_work
from enroll.foundation.clock import local_day
from enroll.foundation.masking import mask_name
from enroll.foundation.problems import Refused
from enroll.foundation.words import N_
from enroll.programmes.queries.windows import working_calendar
from enroll.programmes.rules.working_days import WorkingCalendar, days_left
from enroll.storage.database import db
from enroll.storage.paging import page_by_id
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number, outside_url
from enroll.web.components import Tab
from enroll.web.downloads import send_large
from enroll.web.forms import ActForm
from enroll.web.language import show_day, show_moment
from enroll.web.moments import now
from enroll.web.once import once

staff = Blueprint("courses_staff", __name__, url_prefix="/staff/practical")
WHOSE = {"mine": N_("With me"), "free": N_("With nobody")}
TABS = {"handed_in": N_("To be marked"), "returned": N_("Returned"), "accepted": N_("Work accepted")}


@dataclass(frozen=True)
class QueueRow:
    """One work in the list; `by` is when it should be marked at the latest, both sides are told."""

    work: PracticeWork
    by: datetime | None
    left: int | None


@staff.get("")
@requires(Permission.TEACH)
def practical() -> Any:
    state = asked("state") if asked("state") in TABS else "handed_in"
    session, waiting = db.session(), state == "handed_in"
    after, whose = asked_number("after"), asked("whose") if asked("whose") in WHOSE else ""
    page = (queue_page(session, course=asked("course"), lesson=asked("lesson"), after=after,
                       whose=current_user.account_id if whose == "mine" else whose or None) if waiting
            else page_by_id(session, practice_decided(state), PracticeWork.id, after=after))
    load = loads(session, trainers(session, now()))
    calendar, days = working_calendar(session), target_working_days(session, local_day(now()))
    rows = [_row(work, calendar, days) for work in page.rows]
    return render_template(
        "courses/staff/practical.html", loads=load, whose=whose, whose_names=WHOSE, lesson=asked("lesson"),
        form=ActForm(), page=page,
        names={one.account.id: one.account.name for one in load if one.account},
        rows=rows, state=state, course=asked("course"), days=days,
        label=PRACTICE_WORK.label(state), notice=_notice(rows) if waiting else "",
        tabs_of=[Tab(label, url_for("courses_staff.practical", state=code),
                  sum(one.waiting for one in load) if code == "handed_in" else None, code == state)
              for code, label in TABS.items()],
    )


@staff.get("/next")
@requires(Permission.TEACH)
def open_next() -> Any:
    """The work that has waited longest, with oneself or with nobody."""
    return redirect(_next(asked("but")))


@staff.get("/<ref:reference>")
@requires(Permission.TEACH)
def show(reference: str) -> Any:
    return _page(_work(reference), MarkForm())


@staff.get("/<ref:reference>/files/<token:token>")
@requires(Permission.TEACH)
def download(reference: str, token: str) -> Any:
    found = file_of(db.session(), _work(reference).id, token) or abort(404)
    return send_large(found.file)


@staff.post("/<ref:reference>/accept")
@requires(Permission.TEACH)
def accept(reference: str) -> Any:
    return _decide(reference, accept_work, _("Accepted. The minutes are credited."))


@staff.post("/<ref:reference>/return")
@requires(Permission.TEACH)
def give_back(reference: str) -> Any:
    return _decide(reference, return_work, _("Returned with your comment."))


def _decide(reference: str, decision: Any, done: str) -> Any:
    form, work = MarkForm(), _work(reference)
    points = MarkForm.points(request.form, work.lesson.rubric)
    if not form.validate():
        return _page(work, form, points=points), 422
    comment = "\n".join(part for part in (request.form.get("phrase", "")[:2000], form.comment.data or "") if part)
    seen, go_on = form.seen_version, form.go_on.data

    def act() -> str:
        decision(reference, points, comment, by=current_user.actor, now=now(), version=seen)
        return _next(reference) if go_on else url_for("courses_staff.show", reference=reference)

    try:
        answer = once(form, act)
    except Refused as refused:
        return _page(_work(reference), form, points=points, problems=refused.problems), 409
    flash(done, "ok")
    return answer


def _page(work: PracticeWork, form: MarkForm, *, points: Any = None, problems: Any = ()) -> Any:
    session = db.session()
    form.version.data = str(work.version)
    given = points if points is not None else {place: one.get("given") for place, one in enumerate(work.points)}
    facts, (files, before) = WorkFacts(work.enrolment.learner.account_id), files_and_before(session, work)
    offers = PRACTICE_WORK.offers(work.state, current_user.actor, facts)
    return render_template(
        "courses/staff/work.html", work=work, lesson=work.lesson, learner=work.enrolment.learner, form=form,
        files=files, history=moves_of(session, work.id), label=PRACTICE_WORK.label(work.state),
        points=given, problems=problems,
        row=_row(work, working_calendar(session), target_working_days(session, local_day(now()))),
        offers={one.move.name: one for one in offers},
        wrong={problem.field: problem for problem in problems if problem.field.startswith("points_")},
        lifecycle=PRACTICE_WORK, same=same_files(session, [work]).get(work.id, ()),
        before=before, act_form=ActForm(formdata=None),
        phrases=phrases_of(session, current_user.account_id, work.lesson_id),
        mine=work.trainer_id == current_user.account_id, **_with_whom(work),
    )


def _with_whom(work: PracticeWork) -> dict[str, Any]:
    """Who has the work, by name, and whom it can be given to: who teaches and has it not, and whose it is not."""
    if work.state != "handed_in":
        return {"others": (), "holder": ""}
    teaching = {one.id: one.name for one in trainers(db.session(), now())}
    holder = teaching.get(work.trainer_id, _("somebody who teaches no more")) if work.trainer_id else ""
    wrong = {work.trainer_id, current_user.account_id, work.enrolment.learner.account_id}
    return {"others": [(number, name) for number, name in teaching.items() if number not in wrong], "holder": holder}


def _next(reference: str) -> str:
    found = oldest_waiting(db.session(), but=reference, not_of=current_user.account_id)
    return url_for("courses_staff.show", reference=found.reference) if found else url_for("courses_staff.practical")


def _work(reference: str) -> PracticeWork:
    return work_by_reference(db.session(), reference) or abort(404)


def _row(work: PracticeWork, calendar: WorkingCalendar, days: int) -> QueueRow:
    if work.state != "handed_in" or work.handed_in_at is None:
        return QueueRow(work, None, None)
    by = calendar.deadline(work.handed_in_at, days)
    return QueueRow(work, by, days_left(by, now()))


def _notice(rows: list[QueueRow]) -> str:
    """For the trainers' group: masked names, what is due, by when, and the link."""
    lines = [f"{mask_name(row.work.enrolment.learner.called)} "
             f"{row.work.lesson.title} {_('by %(moment)s', moment=show_moment(row.by))}" for row in rows[:10]]
    if not lines:
        return ""
    head = _("Practice assignments to be marked, %(day)s:", day=show_day(local_day(now())))
    return "\n".join([head, *lines, outside_url("courses_staff.practical")])
