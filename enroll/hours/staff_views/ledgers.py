"""The ledger of one enrolment, and taking entries back."""

from typing import Any

from flask import abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.documents.sheets import Column, write_csv, write_xlsx
from enroll.enrolments.models import Enrolment
from enroll.enrolments.queries.enrolments import enrolment_by_reference
from enroll.foundation.problems import Refused
from enroll.hours.forms import ReasonForm
from enroll.hours.models import LedgerEntry, UncountedTime
from enroll.hours.queries.doubts import doubts_of
from enroll.hours.queries.ledger import course_sums, entry_of, shown_ledger_of, uncounted_of
from enroll.hours.queries.standing import balance, proof_ground
from enroll.hours.rules.crediting import KINDS, SOURCES, ReversalFacts, may_be_reversed, why_uncounted
from enroll.hours.rules.listing import COLUMNS, MARKED, MOST_EXPORTED, cells_of
from enroll.hours.services.crediting import reverse
from enroll.hours.staff_views.tabs import SEES, XLSX, staff
from enroll.storage.database import db
from enroll.storage.paging import page_by_id
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number
from enroll.web.downloads import send_bytes
from enroll.web.language import translate
from enroll.web.moments import now, today
from enroll.web.once import once


@staff.get("/ledgers/<ref:reference>")
@requires(*SEES)
def ledger(reference: str) -> Any:
    """Every entry of one enrolment, and what was not counted."""
    session, enrolment = db.session(), _enrolment(reference)
    uncounted, after = asked("view") == "uncounted", asked_number("after")
    ground = proof_ground(session, enrolment)
    page: Any = (
        page_by_id(session, uncounted_of(enrolment.id), UncountedTime.id, after=after) if uncounted
        else page_by_id(session, shown_ledger_of(enrolment.id), LedgerEntry.id, after=after)
    )
    return render_template(
        "hours/staff/ledger.html", enrolment=enrolment, page=page, uncounted=uncounted, sources=SOURCES, kinds=KINDS,
        balance=ground.balance, sums=course_sums(session, enrolment.id), why=why_uncounted,
        proof=ground.newest, doubts=doubts_of(session, enrolment.id),
        may_reverse=current_user.actor.may(Permission.REVIEW_HOURS),
    )


@staff.get("/ledgers/<ref:reference>/export.csv", defaults={"kind": "csv"})
@staff.get("/ledgers/<ref:reference>/export.xlsx", defaults={"kind": "xlsx"})
@requires(*SEES)
def ledger_export(reference: str, kind: str) -> Any:
    """Every entry of one enrolment, the oldest first."""
    enrolment = _enrolment(reference)
    wanted = shown_ledger_of(enrolment.id).order_by(LedgerEntry.id).limit(MOST_EXPORTED)
    rows = [[translate(str(cell)) if place in MARKED else cell for place, cell in enumerate(cells_of(one))]
            for one in db.session().scalars(wanted)]
    columns, name = [Column(translate(title)) for title in COLUMNS], f"{reference}-{today().isoformat()}.{kind}"
    if kind == "csv":
        return send_bytes(write_csv(columns, rows), media_type="text/csv", name=name)
    return send_bytes(write_xlsx(columns, rows, sheet_title=reference, dated=now()), media_type=XLSX, name=name)


@staff.get("/ledgers/<ref:reference>/entries/<int:number>/reverse")
@requires(Permission.REVIEW_HOURS)
def ask_to_reverse(reference: str, number: int) -> Any:
    return _reversal_page(_enrolment(reference), number, ReasonForm())


@staff.post("/ledgers/<ref:reference>/entries/<int:number>/reverse")
@requires(Permission.REVIEW_HOURS)
def take_back(reference: str, number: int) -> Any:
    form, enrolment = ReasonForm(), _enrolment(reference)
    if not form.validate():
        return _reversal_page(enrolment, number, form), 422
    _entry(enrolment, number)
    enrolment_id, reason = enrolment.id, form.reason.data or ""

    def act() -> str:
        reverse(enrolment_id, number, by=current_user.actor, now=now(), reason=reason)
        return url_for("hours_staff.ledger", reference=reference)

    try:
        answer = once(form, act)
    except Refused as refused:
        return _reversal_page(_enrolment(reference), number, form, form.show_problems(refused.problems)), 409
    flash(_("The entry is taken back; the learner sees both rows."), "ok")
    return answer


def _reversal_page(enrolment: Enrolment, number: int, form: ReasonForm, problems: Any = ()) -> Any:
    session, entry = db.session(), _entry(enrolment, number)
    facts = ReversalFacts(enrolment.learner.account_id, entry.source == "reversal", entry.reversed_by is not None,
                          balance(session, enrolment.id).minutes - entry.minutes)
    return render_template("hours/staff/reverse.html", enrolment=enrolment, entry=entry, form=form, problems=problems,
                           against=may_be_reversed(facts, current_user.actor), sources=SOURCES, kinds=KINDS)


def _enrolment(reference: str) -> Enrolment:
    return enrolment_by_reference(db.session(), reference) or abort(404)


def _entry(enrolment: Enrolment, number: int) -> LedgerEntry:
    if number > 2_000_000_000:
        abort(404)
    return entry_of(db.session(), enrolment.id, number) or abort(404)
