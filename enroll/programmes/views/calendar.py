"""Exam windows with every date, on the page and as a calendar to subscribe to."""

from typing import Any

from flask import abort, current_app, render_template, request

from enroll.programmes.queries.programmes import organisation
from enroll.programmes.queries.windows import holidays, months_without_dates, published_window, windows_shown
from enroll.programmes.rules.windows import Lane, Phase, milestones, standing
from enroll.programmes.views.feed import calendar_of
from enroll.programmes.views.front import programmes
from enroll.storage.database import db
from enroll.web.access import public
from enroll.web.addresses import asked
from enroll.web.downloads import send_bytes
from enroll.web.moments import now, today

OPEN = {Phase.OPEN, Phase.CLOSING}


@programmes.get("/windows")
@public
def windows() -> Any:
    session, moment = db.session(), now()
    lane = Lane.RESIT if request.args.get("lane") == Lane.RESIT else Lane.FIRST_SITTING
    shown = [
        (one, standing(one.dates, moment, lane),
         [(date, date.days_left(moment)) for date in milestones(one.dates, lane)])
        for one in windows_shown(session, moment)
    ]
    # Sittings stand later in the journey; whoever knows them says what is left.
    seats = current_app.extensions["seats_left"](session, [one.id for one, stands, _ in shown if stands.phase in OPEN])
    return render_template(
        "programmes/windows.html", seats=seats, windows=shown, lane=lane, organisation=organisation(session),
        months=months_without_dates(session, moment), holidays=holidays(session, today()))


@programmes.get("/windows.ics")
@public
def windows_ics() -> Any:
    """All windows, or one (?window=202701): subscribe once, and dates that move arrive by themselves."""
    session, code = db.session(), asked("window", most=6)
    found = [published_window(session, code) or abort(404)] if code else list(windows_shown(session, now()))
    by = organisation(session)
    content = calendar_of(found, by.code if by else "", now())
    name = f"exam-window-{code}.ics" if code else "exam-windows.ics"
    return send_bytes(content, media_type="text/calendar; charset=utf-8", name=name)
