"""Programmes: side by side, and each by itself."""

from typing import Any

from flask import abort, render_template

from enroll.foundation.clock import local_day
from enroll.programmes.models import Programme
from enroll.programmes.queries.programmes import (
    entry_rules_of,
    organisation,
    prices_at,
    programme_by_code,
    rules_at,
)
from enroll.programmes.queries.programmes import (
    programmes as all_programmes,
)
from enroll.programmes.queries.windows import windows_shown
from enroll.programmes.rules.comparison import TOPICS, facts_of
from enroll.programmes.rules.figures import ProgrammeRules, RuleMissing
from enroll.programmes.rules.windows import standing
from enroll.programmes.views.front import programmes
from enroll.storage.database import db
from enroll.web.access import public
from enroll.web.moments import now, today


@programmes.get("/programmes")
@public
def comparison() -> Any:
    offered = all_programmes(db.session())
    facts = {one.code: facts_of(entry_rules_of(one, today()), one.suits, one.exam, one.note) for one in offered}
    return render_template("programmes/comparison.html", programmes=offered, topics=TOPICS, facts=facts,
                           organisation=organisation(db.session()))


@programmes.get("/programmes/<code:code>")
@public
def programme(code: str) -> Any:
    session, moment = db.session(), now()
    found = programme_by_code(session, code) or abort(404)
    facts = facts_of(entry_rules_of(found, local_day(moment)), found.suits, found.exam, found.note)
    return render_template(
        "programmes/programme.html", programme=found, facts=facts.values(), rules=_rules_of(found),
        prices=prices_at(session, local_day(moment)) if found.enrolment_open else {},
        windows=[(one, standing(one.dates, moment)) for one in windows_shown(session, moment)]
        if found.enrolment_open else [], organisation=organisation(session),
    )


def _rules_of(found: Programme) -> ProgrammeRules | None:
    """Every figure, where we run the programme and all of them are stated."""
    try:
        return rules_at(db.session(), found.code, today()) if found.enrolment_open else None
    except RuleMissing:
        return None
