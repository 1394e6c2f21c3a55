"""Tickets in bulk, with how far they are; and the candidate notice of a sitting."""

from typing import Any

from flask import abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.admission.forms.days import NoticeForm, PrintTicketsForm
from enroll.admission.queries import notices as queries
from enroll.admission.queries.days import window_or_sitting
from enroll.admission.rules.notices import MOST_LINES
from enroll.admission.rules.tickets import PrintForm
from enroll.admission.services.notices import write_notice
from enroll.admission.services.printing import AT_ONCE, ask_print, make_print
from enroll.admission.staff_views.days import found_sitting, pages
from enroll.foundation.problems import NotFound, Problem, Refused
from enroll.sittings.lifecycle import PART_NAMES, Part
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.downloads import send_stored
from enroll.web.forms import ActForm
from enroll.web.moments import now
from enroll.web.once import once


@pages.get("/<code:code>/tickets")
@requires(Permission.RUN_EXAMS)
def tickets(code: str) -> Any:
    """`code` is a sitting's or a window's."""
    return _tickets_page(code)


@pages.get("/<code:code>/tickets/progress")
@requires(Permission.RUN_EXAMS)
def tickets_progress(code: str) -> Any:
    """The part of the page that goes on by itself."""
    _where(code)
    return render_template("admission/staff/_prints.html", prints=queries.prints_of(db.session(), code), code=code)


@pages.post("/<code:code>/tickets")
@requires(Permission.RUN_EXAMS)
def print_tickets(code: str) -> Any:
    _where(code)
    form, small = PrintTicketsForm(), list[str]()
    if not form.validate():
        return _tickets_page(code, form=form), 422

    def act() -> str:
        token = ask_print(code, PrintForm(form.form.data), by=current_user.actor, now=now())
        small.append(token)
        flash(_("All tickets go into one file; it stands below as soon as it is made."), "ok")
        return url_for("admission_staff.tickets", code=code)

    try:
        answer = once(form, act)
    except Refused as refused:
        return _tickets_page(code, refused.problems, form), 422
    for token in small:
        asked = queries.print_by_token(db.session(), token)
        if asked is not None and asked.total <= AT_ONCE:
            make_print(token, now=now())
    return answer


@pages.get("/<code:code>/tickets/<token:token>")
@requires(Permission.RUN_EXAMS)
def printed_tickets(code: str, token: str) -> Any:
    found = queries.print_by_token(db.session(), token)
    if found is None or found.code != code or found.file is None:
        abort(404)
    return send_stored(found.file, inline=found.form == PrintForm.PDF)


@pages.route("/<code:code>/notice", methods=["GET"])
@requires(Permission.RUN_EXAMS)
def notice(code: str) -> Any:
    found = next(iter(queries.notices_of(db.session(), found_sitting(code).id)), None)
    data = {"text_zh": found.text_zh, "text_en": found.text_en} if found else {}
    return _notice_page(code, NoticeForm(formdata=None, data={**data, "version": str(found.number if found else 0)}))


@pages.post("/<code:code>/notice")
@requires(Permission.RUN_EXAMS)
def change_notice(code: str) -> Any:
    found_sitting(code)
    form = NoticeForm()
    if not form.validate():
        return _notice_page(code, form), 422

    def act() -> str:
        write_notice(code, form.text_zh.data or "", form.text_en.data or "", by=current_user.actor, now=now(),
                     seen_number=form.seen_version)
        flash(_("The notice was changed; whoever holds a ticket is told."), "ok")
        return url_for("admission_staff.notice", code=code)

    try:
        return once(form, act)
    except Refused as refused:
        return _notice_page(code, form, form.show_problems(refused.problems)), 422


def _where(code: str) -> Any:
    try:
        return window_or_sitting(db.session(), code)
    except NotFound:
        abort(404)


def _tickets_page(code: str, problems: tuple[Problem, ...] = (), form: PrintTicketsForm | None = None) -> Any:
    session = db.session()
    window, sitting_id = _where(code)
    return render_template(
        "admission/staff/tickets.html", code=code, window=window, whole_window=sitting_id is None, problems=problems,
        number=queries.tickets_in_force(session, window.id, sitting_id), prints=queries.prints_of(session, code),
        form=form or PrintTicketsForm(formdata=None),
    )


def _notice_page(code: str, form: NoticeForm | ActForm, problems: tuple[Problem, ...] = ()) -> Any:
    sitting = found_sitting(code)
    return render_template("admission/staff/notice.html", sitting=sitting, part=PART_NAMES[Part(sitting.part)],
                           form=form, problems=problems, most=MOST_LINES,
                           wordings=queries.notices_of(db.session(), sitting.id))
