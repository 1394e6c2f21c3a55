"""Live classes, for learners: what is coming, one's place, signing in and out, and what counted."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from icalendar import Calendar, Event

from enroll.accounts.permissions import Permission
from enroll.courses.forms import CodeForm
from enroll.courses.lifecycle import LIVE_CLASS, LiveState
from enroll.courses.models.live import LiveClass
from enroll.courses.queries.live import classes_for, live_by_reference, my_past, my_places, places_taken, span_of
from enroll.courses.rules.live import LIVE_WHY, OPEN_BEFORE
from enroll.courses.services.live import give_up_place, take_place
from enroll.courses.services.live_attendance import sign
from enroll.enrolments.models import Enrolment
from enroll.foundation.problems import Refused
from enroll.hours.queries.standing import my_enrolment
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import outside_url
from enroll.web.downloads import send_bytes
from enroll.web.forms import ActForm
from enroll.web.moments import now
from enroll.web.once import once
from enroll.web.throttle import limiter

live_pages = Blueprint("live", __name__, url_prefix="/live")


@live_pages.get("")
@requires(Permission.LEARN)
def index() -> Any:
    session = db.session()
    enrolment = my_enrolment(session, current_user.account_id)
    if enrolment is None:
        return render_template("courses/not_enrolled.html")
    coming = classes_for(session, enrolment, now())
    return render_template(
        "courses/live.html", coming=coming, mine=my_places(session, enrolment.id), past=my_past(session, enrolment.id),
        taken=places_taken(session, [one.id for one in coming]), lifecycle=LIVE_CLASS, why=LIVE_WHY, form=ActForm(),
    )


@live_pages.get("/mine.ics")
@requires(Permission.LEARN)
def all_ics() -> Any:
    session, enrolment = db.session(), my_enrolment(db.session(), current_user.account_id) or abort(404)
    mine = my_places(session, enrolment.id)
    classes = [one for one in classes_for(session, enrolment, now()) if one.id in mine]
    return _calendar(classes, "live-classes.ics")


@live_pages.get("/<ref:reference>")
@requires(Permission.LEARN)
def show(reference: str) -> Any:
    return _page(*_mine(reference))


@live_pages.get("/<ref:reference>/class.ics")
@requires(Permission.LEARN)
def ics(reference: str) -> Any:
    return _calendar([_mine(reference)[0]], f"{reference}.ics")


@live_pages.post("/<ref:reference>/take")
@requires(Permission.LEARN)
def take(reference: str) -> Any:
    return _act(reference, take_place, _("You have a place. Put the class into your calendar."))


@live_pages.post("/<ref:reference>/give_up")
@requires(Permission.LEARN)
def give_up(reference: str) -> Any:
    return _act(reference, give_up_place, _("Your place is free for somebody else."))


@live_pages.post("/<ref:reference>/sign_in")
@requires(Permission.LEARN)
@limiter.limit("10/minute")
def sign_in(reference: str) -> Any:
    return _sign(reference, "in", _("You are signed in. Sign out with the code shown at the end, or the time is not "
                                    "known."))


@live_pages.post("/<ref:reference>/sign_out")
@requires(Permission.LEARN)
@limiter.limit("10/minute")
def sign_out(reference: str) -> Any:
    return _sign(reference, "out", _("You are signed out. What counts is shown here once the class is settled."))


def _sign(reference: str, which: str, done: str) -> Any:
    form, (live, enrolment) = CodeForm(), _mine(reference)
    if not form.validate():
        return _page(live, enrolment, code_form=form), 422
    code = form.code.data or ""

    def act() -> str:
        sign(reference, which, code, by=current_user.actor, now=now())
        return url_for(".show", reference=reference)

    try:
        answer = once(form, act)
    except Refused as refused:
        problems = form.show_problems(refused.problems)
        return _page(*_mine(reference), code_form=form, problems=problems), 409
    flash(done, "ok")
    return answer


def _act(reference: str, what: Any, done: str) -> Any:
    form, (live, enrolment) = ActForm(), _mine(reference)
    if not form.validate():
        return _page(live, enrolment), 422

    def act() -> str:
        what(reference, by=current_user.actor, now=now())
        return url_for(".show", reference=reference)

    try:
        answer = once(form, act)
    except Refused as refused:
        return _page(*_mine(reference), problems=refused.problems), 409
    flash(done, "ok")
    return answer


def _page(live: LiveClass, enrolment: Enrolment, *, code_form: CodeForm | None = None, problems: Any = ()) -> Any:
    session, (start, end) = db.session(), span_of(live)
    result = next((row for one, row in my_past(session, enrolment.id) if one.id == live.id), None)
    return render_template(
        "courses/live_class.html", live=live, has_place=live.id in my_places(session, enrolment.id), end=end,
        taken=places_taken(session, [live.id]).get(live.id, 0), label=LIVE_CLASS.label(live.state), result=result,
        why=LIVE_WHY, form=ActForm(), code_form=code_form or CodeForm(formdata=None), problems=problems,
        begun=start <= now(), signing=live.state in (LiveState.PLANNED, LiveState.HELD)
        and start - OPEN_BEFORE <= now() <= end + OPEN_BEFORE,
    )


def _mine(reference: str) -> tuple[LiveClass, Enrolment]:
    """A class of one's own programme and direction; any other is not found."""
    session = db.session()
    enrolment = my_enrolment(session, current_user.account_id) or abort(404)
    live = live_by_reference(session, reference) or abort(404)
    course = live.course
    if course.programme_id != enrolment.programme_id or (
            course.section == "direction" and course.code != enrolment.direction_code):
        abort(404)
    return live, enrolment


def _calendar(classes: list[LiveClass], name: str) -> Any:
    """Identifiers are stable, so that a class that moves replaces the old one."""
    calendar = Calendar()
    calendar.add("prodid", "-//Enroll//Live classes//ZH")
    calendar.add("version", "2.0")
    for live in classes:
        event = Event()
        event.add("uid", f"{live.reference}@live.enroll")
        event.add("dtstamp", now())
        event.add("sequence", live.version)
        event.add("summary", live.title)
        event.add("dtstart", live.starts_at)
        event.add("dtend", live.starts_at + timedelta(minutes=live.minutes))
        event.add("location", live.place or live.link)
        event.add("description", live.link)
        event.add("url", outside_url("live.show", reference=live.reference))
        event.add("status", "CANCELLED" if live.state == LiveState.CANCELLED else "CONFIRMED")
        calendar.add_component(event)
    return send_bytes(calendar.to_ical(), media_type="text/calendar; charset=utf-8", name=name)
