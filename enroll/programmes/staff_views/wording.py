"""The words we do not publish: what is looked for, whose rule it is, and what the house has set itself."""

from typing import Any

from flask import flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.problems import Refused
from enroll.programmes.forms.settings import WordingForm
from enroll.programmes.queries.wording import wording_rows
from enroll.programmes.rules.advertising import WHERE_NAMES, Wording, wordings_at, words_in
from enroll.programmes.services.wording import set_wording
from enroll.programmes.staff_views.dated_settings import SEES, staff_settings
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked
from enroll.web.moments import now, today
from enroll.web.once import once

READS = (Permission.MANAGE_SETTINGS, Permission.SEE_AUDIT, Permission.MANAGE_COURSES, Permission.MANAGE_WINDOWS)


@staff_settings.get("/wording")
@requires(*READS)
def words() -> Any:
    return _page(WordingForm(formdata=None, from_on=today(), where="everywhere"))


@staff_settings.post("/wording")
@requires(Permission.MANAGE_SETTINGS)
def set_words() -> Any:
    form: Any = WordingForm()
    if not form.validate():
        return _page(form), 422

    def act() -> str:
        new = Wording(form.phrase.data, form.where.data, form.source.data, form.from_on.data)
        set_wording(new, by=current_user.actor, now=now())
        flash(_("Saved."), "ok")
        return url_for(".words")

    try:
        return once(form, act)
    except Refused as refused:
        return _page(form, form.show_problems(refused.problems)), 422


def _page(form: WordingForm, problems: Any = ()) -> str:
    rows, text = wording_rows(db.session()), asked("text", most=1000, lines=True)
    known = wordings_at((one.as_wording() for one in rows), today())
    return render_template(
        "programmes/staff/wording.html", form=form, problems=problems, rows=rows, known=known, names=WHERE_NAMES,
        today=today(), text=text, found=words_in(known, text, titles=True),
        may_change=current_user.actor.may(Permission.MANAGE_SETTINGS),
        sees_settings=any(current_user.actor.may(one) for one in SEES),
    )
