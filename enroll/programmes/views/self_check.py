"""May I apply? Answered for every programme from what the visitor says; nothing is kept."""

from datetime import date
from typing import Any

from flask import render_template, request

from enroll.foundation.minutes import minutes_needed
from enroll.programmes.forms.asking import SelfCheckForm
from enroll.programmes.queries.programmes import entry_rules_of, organisation
from enroll.programmes.queries.programmes import programmes as all_programmes
from enroll.programmes.queries.windows import next_window_for
from enroll.programmes.rules.eligibility import Applicant, eligibility
from enroll.programmes.rules.figures import EntryRules
from enroll.programmes.views.front import programmes
from enroll.storage.database import db
from enroll.web.access import public
from enroll.web.moments import now, today


@programmes.get("/eligibility", endpoint="eligibility")
@public
def self_check() -> Any:
    form = SelfCheckForm(request.args)
    window = next_window_for(db.session(), now())
    found = []
    if request.args and form.validate():
        on = window.starts_on if window else today()
        found = [(one, _answers(entry_rules_of(one, today()), form, on)) for one in all_programmes(db.session())]
    return render_template("programmes/eligibility.html", form=form, found=found, window=window,
                           organisation=organisation(db.session()))


def _answers(rules: EntryRules, form: SelfCheckForm, on: date) -> Any:
    unit = rules.hour_unit_minutes or 0
    facts = Applicant(
        age=int(form.age.data) if form.age.data in {"13", "16", "18"} else None,
        education=form.education.data or None, major_is_computing=form.answer("computing"),
        minutes_credited=None if form.hours.data is None else minutes_needed(form.hours.data, unit),
        practice_credited=None if form.practice.data is None else minutes_needed(form.practice.data, unit),
        directions_complete={True: 1, False: 0, None: None}[form.answer("direction")],
    )
    return eligibility(rules, facts, on)
