"""Tickets and confirmations released in bulk: who gets one and who does not is shown before, and for each after."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.admission.queries.releasing import (
    Foreseen,
    confirmations_foreseen,
    confirmed_already,
    tickets_foreseen,
)
from enroll.admission.services.tickets import Done, release_confirmations, release_tickets
from enroll.admission.staff_views.days import found_sitting, pages
from enroll.foundation.problems import Problem, Refused
from enroll.sittings.lifecycle import PART_NAMES, Part
from enroll.sittings.models import Sitting
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.forms import ActForm
from enroll.web.language import translate
from enroll.web.moments import now
from enroll.web.notices import group_notice
from enroll.web.once import once

MOST_SHOWN = 200  # of those who get none; of the rest the number says enough


@pages.get("/<code:code>/release")
@requires(Permission.RUN_EXAMS)
def release_preview(code: str) -> Any:
    """Who would get one now, and why somebody would not."""
    return _page(found_sitting(code))


@pages.post("/<code:code>/release")
@requires(Permission.RUN_EXAMS)
def release(code: str) -> Any:
    """Tickets on site, confirmations online; what became of each stands on the answer."""
    online, form, done = found_sitting(code).online, ActForm(), list[Done]()

    def act() -> str:
        bulk = release_confirmations if online else release_tickets
        done.extend(bulk(code, by=current_user.actor, now=now()))
        return url_for("admission_staff.release_preview", code=code)

    try:
        answer = once(form, act)
    except Refused as refused:
        return _page(found_sitting(code), refused.problems), 422
    return answer if not done else _page(found_sitting(code), done=done)


def _page(sitting: Sitting, problems: tuple[Problem, ...] = (), done: Sequence[Done] = ()) -> str:
    session, by = db.session(), current_user.actor
    foresee = confirmations_foreseen if sitting.online else tickets_foreseen
    foreseen = foresee(session, sitting, by=by, now=now())
    out = confirmed_already(session, foreseen) if sitting.online else set()
    get = [one for one in foreseen if not one.problems and one.booking.learner_id not in out]
    none = [one for one in foreseen if one.problems]
    number_out = sum(not one.problems and one.booking.learner_id in out for one in foreseen)
    head = _("No confirmation yet, %(day)s:") if sitting.online else _("No ticket yet, %(day)s:")
    return render_template(
        "admission/staff/release.html", sitting=sitting, part=PART_NAMES[Part(sitting.part)], get=get,
        without=none[:MOST_SHOWN], number=len(none), out=number_out,
        why=_counted(none), unseated=sorted({code for one in none for code in one.unseated}),
        form=ActForm(formdata=None), problems=problems,
        results=[{"label": one.reference, "outcome": one.outcome, "problems": one.problems,
                  "href": url_for("admission_staff.sitting", code=sitting.code, q=one.reference)} for one in done],
        counts={outcome: sum(one.outcome == outcome for one in done) for outcome in ("done", "skipped", "refused")},
        notice=group_notice(head, [(one.booking.learner.legal_name, _line(one), sitting.starts_at) for one in none],
                            "admission_staff.days"))


def _line(one: Foreseen) -> str:
    return f"{one.booking.reference} " + " ".join(translate(problem) for problem in one.problems)


def _counted(none: Sequence[Foreseen]) -> list[tuple[Problem, int]]:
    """Each reason with how many it keeps from theirs, the most frequent first."""
    found = dict[Problem, int]()
    for problem in (problem for one in none for problem in one.problems):
        found[problem] = found.get(problem, 0) + 1
    return sorted(found.items(), key=lambda one: -one[1])
