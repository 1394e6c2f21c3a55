"""The front page, help and the texts about personal information."""

from typing import Any

from flask import Blueprint, render_template

from enroll.programmes.queries.programmes import organisation, rules_at
from enroll.programmes.queries.programmes import programmes as all_programmes
from enroll.programmes.queries.texts import consent_texts
from enroll.programmes.queries.windows import announcements, months_without_dates, next_window_for, windows_shown
from enroll.programmes.rules.figures import ProgrammeRules, RuleMissing
from enroll.programmes.rules.windows import standing
from enroll.storage.database import db
from enroll.web.access import public
from enroll.web.moments import now, today

programmes = Blueprint("programmes", __name__)


@programmes.get("/")
@public
def home() -> Any:
    moment, session = now(), db.session()
    window = next_window_for(session, moment)
    return render_template(
        "programmes/home.html", organisation=organisation(session), rules=_main_rules(),
        programme=next(iter(all_programmes(session)), None), window=window,
        stand=standing(window.dates, moment) if window else None, news=announcements(session, moment),
        windows=[(one, standing(one.dates, moment)) for one in windows_shown(session, moment)
                 if one.dates.exam_ends_at > moment], months=months_without_dates(session, moment),
    )


@programmes.get("/help")
@public
def help() -> Any:
    session = db.session()
    return render_template("programmes/help.html", organisation=organisation(session), rules=_main_rules())


@programmes.get("/privacy")
@public
def privacy() -> Any:
    session = db.session()
    return render_template("programmes/privacy.html", organisation=organisation(session),
                           texts=consent_texts(session, now()))


def _main_rules() -> ProgrammeRules | None:
    """The figures of the programme one can enrol for; None on an installation that is not set up yet."""
    for programme in all_programmes(db.session()):
        if programme.enrolment_open:
            try:
                return rules_at(db.session(), programme.code, today())
            except RuleMissing:
                return None
    return None
