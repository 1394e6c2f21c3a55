"""Figures of the review: who decided what and how fast, in working time; everybody for a lead, one's own otherwise."""

from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.applications.lifecycle import APPLICATION
from enroll.applications.queries.figures import review_moves
from enroll.applications.queries.queue import windows_with_applications
from enroll.applications.rules.deadlines import A_WORKING_DAY
from enroll.applications.rules.figures import Decision, by_reviewer, decisions_among, figures_of
from enroll.applications.staff_views.listing import SEES, applications_staff
from enroll.documents.sheets import Cell, Column, write_xlsx
from enroll.foundation.clock import local_day
from enroll.programmes.queries.programmes import rules_of
from enroll.programmes.queries.windows import window_by_code, working_calendar
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked
from enroll.web.downloads import send_bytes
from enroll.web.language import translate
from enroll.web.moments import now, today

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SEES_ALL = (Permission.LEAD_REVIEW, Permission.SEE_APPLICATIONS)
READS = SEES


@applications_staff.get("/figures")
@requires(*READS)
def figures() -> str:
    windows = windows_with_applications(db.session())
    window = _window(windows)
    decisions, days = _decisions(window), _target(window)
    target = days * A_WORKING_DAY
    rows = by_reviewer(decisions, target)
    if not _sees_all():
        rows = [one for one in rows if one.by_id == current_user.account_id]
    return render_template(
        "applications/staff/figures.html", rows=rows, total=figures_of(_("All together"), None, decisions, target),
        window=window, windows=windows, target=days, day=A_WORKING_DAY, all=_sees_all())


@applications_staff.get("/figures.xlsx")
@requires(*READS)
def figures_export() -> Any:
    """Every decision of the window: the case, by whom, since when, after how long."""
    window = _window(windows_with_applications(db.session()))
    found = _decisions(window)
    if not _sees_all():
        found = [one for one in found if one.by_id == current_user.account_id]
    columns = [Column(title) for title in (_("Application"), _("Window"), _("Decision"), _("Decided by"),
                                           _("With us since"), _("Decided"), _("Working days"))]
    rows: list[list[Cell]] = [
        [one.application, one.window, translate(APPLICATION.moves[one.move].label), one.by_name, one.given_at,
         one.decided_at, round(one.seconds / A_WORKING_DAY, 2)] for one in found]
    content = write_xlsx(columns, rows, sheet_title=_("Review figures"), dated=now())
    name = f"{_('Review figures')}-{window or '-'}-{today().isoformat()}.xlsx"
    return send_bytes(content, media_type=XLSX, name=name)


def _window(windows: Any) -> str:
    """The window asked for, where anybody applied for it; else the latest."""
    wanted = asked("window", most=6)
    return wanted if wanted in windows else next(iter(windows), "")


def _decisions(window: str) -> list[Decision]:
    session = db.session()
    return decisions_among(review_moves(session, window), working_calendar(session).working_seconds)


def _target(window: str) -> int:
    """Working days, as the programme promises today."""
    found = window_by_code(db.session(), window) if window else None
    return rules_of(found.programme, local_day(now())).review_working_days if found else 0


def _sees_all() -> bool:
    return any(current_user.actor.may(one) for one in SEES_ALL)
