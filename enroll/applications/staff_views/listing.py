"""The list of applications: due first, filtered and found; and the notice to take to a group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.applications.forms.reviewing import FilterForm
from enroll.applications.lifecycle import ApplicationState
from enroll.applications.models import Application
from enroll.applications.queries.own import label_with, last_moves
from enroll.applications.queries.people import called
from enroll.applications.queries.queue import (
    FOUND,
    MOST_COUNTED,
    Filter,
    Tab,
    applications_in,
    counts,
    minutes_of,
    next_to_review,
    waiting_for_learners,
    windows_with_applications,
)
from enroll.applications.rules.deadlines import A_WORKING_DAY
from enroll.foundation.lifecycle import StateLabel
from enroll.foundation.masking import mask_name
from enroll.foundation.words import N_
from enroll.programmes.rules.working_days import days_left
from enroll.sittings.queries import sittings_by_code
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked, outside_url
from enroll.web.language import show_moment, translate
from enroll.web.moments import now
from enroll.web.notices import group_notice

applications_staff = Blueprint("applications_staff", __name__, url_prefix="/staff/applications")
WORKS = (Permission.REVIEW_APPLICATIONS, Permission.LEAD_REVIEW)
SEES = (*WORKS, Permission.SEE_APPLICATIONS)  # an auditor reads all and changes nothing
TABS = {Tab.REVIEW: N_("To be reviewed"), Tab.RETURNED: N_("Returned for correction"),
        Tab.UNPAID: N_("Approved, to be paid"), Tab.ALL: N_("All")}
DUE_OF = {Tab.REVIEW: "review_due_at", Tab.RETURNED: "correct_by", Tab.UNPAID: "payment_due_at"}


@dataclass(frozen=True)
class Row:
    """One application in the list."""

    reference: str
    name: str
    number: str
    window: str
    resit: bool
    places: str
    minutes: int
    unit: int
    due: datetime | None
    left: int | None
    label: StateLabel
    flagged: bool
    claimed_by: str
    exceptions: int
    opinion_wanted: bool
    stands_at: str


@applications_staff.get("")
@requires(*SEES)
def queue() -> str:
    session, moment = db.session(), now()
    form = FilterForm(request.args, windows_with_applications(session))
    wanted = _filter(form)
    found = applications_in(session, wanted, after=asked("after"))
    numbers = counts(session, wanted)
    here: dict[str, Any] = {"q": wanted.text or None, "window": wanted.window or None, "kind": wanted.kind or None,
            "mine": "y" if wanted.mine else None, "found": wanted.found or None}
    tabs = [{"label": label, "href": url_for(".queue", tab=str(tab), **here), "current": tab is wanted.tab,
             "count": f"{MOST_COUNTED}+" if numbers[tab] >= MOST_COUNTED else numbers[tab]}
            for tab, label in TABS.items()]
    return render_template(
        "applications/staff/queue.html", form=form, tabs=tabs, rows=_rows(found.rows, wanted.tab, moment),
        wanted=wanted, late=sum(1 for one in found.rows if _is_late(one, wanted.tab, moment)),
        older=url_for(".queue", tab=str(wanted.tab), after=found.after, **here) if found.after else "",
        newer=url_for(".queue", tab=str(wanted.tab), **here) if asked("after") else "",
        first=current_user.actor.may(Permission.REVIEW_APPLICATIONS) and next_to_review(
            session, current_user.account_id, moment),
    )


@applications_staff.get("/next")
@requires(Permission.REVIEW_APPLICATIONS)
def open_next() -> Any:
    """The most urgent case that is free."""
    reference = next_to_review(db.session(), current_user.account_id, now())
    return redirect(url_for(".case", reference=reference) if reference else url_for(".queue"), 303)


@applications_staff.get("/notice")
@requires(*SEES)
def notice() -> str:
    """A text for a group: whose turn it is, what is due, by when, and where; for the class groups, or for colleagues
    where cases wait for a review. Names are masked."""
    tab = Tab(asked("tab")) if asked("tab") in DUE_OF else Tab.RETURNED
    rows = waiting_for_learners(db.session(), tab, asked("window", most=6))
    return render_template(
        "applications/staff/notice.html", text=_for_colleagues(rows) if tab is Tab.REVIEW else _for_learners(rows, tab),
        number=len(rows), tab=str(tab), windows=windows_with_applications(db.session()),
        window=asked("window", most=6))


def _for_colleagues(rows: Sequence[Application]) -> str:
    return group_notice(_("Applications to review, %(day)s:"),
                        [(one.learner.legal_name, one.reference, one.review_due_at) for one in rows],
                        "applications_staff.queue")


def _for_learners(rows: Sequence[Application], tab: Tab) -> str:
    lines = [_line(one, tab) for one in rows]
    what = _("to correct the application") if tab is Tab.RETURNED else _("to pay the exam fee")
    return "\n".join([_("Reminder from the exam office: please remember %(what)s.", what=what), *lines,
                      outside_url("applications.mine")]) if lines else ""


def _line(one: Application, tab: Tab) -> str:
    due: datetime | None = getattr(one, DUE_OF[tab])
    return str(_("%(name)s (%(reference)s): by %(moment)s", name=mask_name(one.learner.called),
                 reference=one.reference, moment=show_moment(due)))


def _filter(form: FilterForm) -> Filter:
    form.validate()
    tab = asked("tab")
    window = form.window.data or ""
    return Filter(
        Tab(tab) if tab in set(Tab) else Tab.REVIEW,
        window=window if window.isascii() and len(window) == 6 else "",
        kind=form.kind.data if form.kind.data in {"first", "resit"} else "",
        mine=current_user.account_id if form.mine.data else None, text=asked("q", most=60),
        found=form.found.data if form.found.data in FOUND else "",
    )


def _rows(found: Sequence[Application], tab: Tab, moment: datetime) -> list[Row]:
    session = db.session()
    last = last_moves(session, [one.id for one in found])
    minutes = minutes_of(session, [one.enrolment_id for one in found])
    sittings = sittings_by_code(session, {code for one in found for code in one.chosen.values()})
    rows = []
    for one in found:
        due: datetime | None = getattr(one, DUE_OF[tab]) if tab in DUE_OF else None
        held = one.claimed_until is not None and one.claimed_until > moment
        rows.append(Row(
            one.reference, one.learner.legal_name, one.learner.id_number_mask, one.window.code, one.resit,
            _places(one.chosen, sittings), minutes.get(one.enrolment_id, 0), one.enrolment.demands.unit, due,
            days_left(due, moment) if due else None, label_with(one, last.get(one.id), settled=False),
            bool(one.flagged), called(one.claimed_by) if held else "",
            (one.exceptions or 0) if one.state == ApplicationState.SUBMITTED else 0, one.opinions_open > 0,
            _stands_at(one) if tab is Tab.RETURNED else "",
        ))
    return rows


def _stands_at(one: Application) -> str:
    """The office's clock stands while the learner must act: what of its target is left."""
    left = one.review_seconds_left
    return "" if left is None else _("our clock stands at %(days)s working days left",
                                     days=f"{left / A_WORKING_DAY:.1f}")


def _places(chosen: Mapping[str, str], sittings: Mapping[str, Any]) -> str:
    """The sites of an application, each once."""
    known = [sittings[code].site for code in chosen.values() if code in sittings]
    return ", ".join(dict.fromkeys(translate(N_("online")) if site.online else site.city or site.name
                                   for site in known))


def _is_late(one: Application, tab: Tab, moment: datetime) -> bool:
    due: datetime | None = getattr(one, DUE_OF[tab]) if tab in DUE_OF else None
    return due is not None and due <= moment
