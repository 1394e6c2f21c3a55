"""Enrolling, and one's own enrolment."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.enrolments.forms import CancelForm, EnrolForm
from enroll.enrolments.lifecycle import ENROLMENT, LIVE
from enroll.enrolments.models import Enrolment
from enroll.enrolments.queries.cohorts import cohorts_open
from enroll.enrolments.queries.enrolments import (
    agreement_texts,
    current_agreement,
    enrolment_of,
    enrolments_of,
    facts_with,
    fees_of_enrolments,
    learner_of_account,
    own_enrolment,
)
from enroll.enrolments.rules import DAYS_TO_PAY, TRAINING, Demands, demand_facts
from enroll.enrolments.services.changing import move_enrolment
from enroll.enrolments.services.enrolling import enrol
from enroll.fees.lifecycle import FEE, SETTLED
from enroll.fees.models import Fee
from enroll.fees.queries.fees import fee_for
from enroll.foundation.clock import local_day
from enroll.foundation.lifecycle import StateLabel
from enroll.foundation.problems import Refused
from enroll.learners.models import ConsentText, Learner
from enroll.programmes.models import Programme
from enroll.programmes.queries.programmes import organisation, prices_at, programme_by_code, programmes, rules_of
from enroll.programmes.rules.comparison import Fact
from enroll.programmes.rules.figures import Direction, ProgrammeRules, RuleMissing
from enroll.programmes.rules.working_days import days_left
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.moments import now, today
from enroll.web.once import once

enrolments = Blueprint("enrolments", __name__)
EXAM = "exam_first"


@dataclass(frozen=True)
class OwnEnrolment:
    """One enrolment as its learner sees it. `days` are those left to pay."""

    enrolment: Enrolment
    label: StateLabel
    live: bool
    direction: Direction | None
    facts: list[Fact]
    agreement: ConsentText | None
    fee: Fee | None
    fee_label: StateLabel | None
    owed: bool
    days: int | None
    may_cancel: bool


@enrolments.get("/enrol/<code:programme>")
@requires(Permission.LEARN)
def begin(programme: str) -> Any:
    return _begin_page(_programme(programme), EnrolForm())


@enrolments.post("/enrol/<code:programme>")
@requires(Permission.LEARN)
def send(programme: str) -> Any:
    found, form, learner = _programme(programme), EnrolForm(), _me()
    rules = _rules(found)
    form.offer(rules.directions if rules else (), cohorts_open(db.session(), programme))
    if not form.validate():
        return _begin_page(found, form), 422
    number, code = learner.id, found.code

    def act() -> str:
        reference = enrol(number, code, form.cohort.data, form.direction.data, form.agreed_version,
                          by=current_user.actor, now=now())
        return url_for("enrolments.done", reference=reference)

    try:
        return once(form, act)
    except Refused as refused:
        return _begin_page(_programme(programme), form, form.show_problems(refused.problems)), 422


@enrolments.get("/enrolment/<ref:reference>/done")
@requires(Permission.LEARN)
def done(reference: str) -> Any:
    enrolment, session = _own(reference), db.session()
    fee = fee_for(session, reference)
    return render_template("enrolments/done.html", enrolment=enrolment, fee=fee, active=enrolment.state == "active",
                           days=days_left(fee.due_at, now()) if fee is not None and fee.due_at else None)


@enrolments.get("/enrolment")
@requires(Permission.LEARN)
def mine() -> Any:
    session = db.session()
    every = programmes(session)
    own = enrolments_of(session, current_user.account_id)
    fees = fees_of_enrolments(session, [one.reference for one in own])
    texts = agreement_texts(session, [one.agreement_version for one in own])
    rows = [_shown(one, fees.get(one.reference), texts.get(one.agreement_version)) for one in own]
    offered = [one for one in every if one.enrolment_open]
    return render_template("enrolments/mine.html", rows=rows, offered=offered, organisation=organisation(session))


@enrolments.get("/enrolment/<ref:reference>/cancel")
@requires(Permission.LEARN)
def ask_to_cancel(reference: str) -> Any:
    enrolment = _own(reference)
    return _cancel_page(enrolment, CancelForm(version=enrolment.version))


@enrolments.post("/enrolment/<ref:reference>/cancel")
@requires(Permission.LEARN)
def cancel(reference: str) -> Any:
    enrolment, form = _own(reference), CancelForm()
    if not form.validate():
        return _cancel_page(enrolment, form), 422

    def act() -> str:
        move_enrolment(reference, "cancel", by=current_user.actor, now=now(), seen_version=form.seen_version)
        flash(_("The enrolment is cancelled. Nothing is owed for it any more."), "ok")
        return url_for("enrolments.mine")

    try:
        return once(form, act)
    except Refused as refused:
        return _cancel_page(_own(reference), form, refused.problems), 422


def _programme(code: str) -> Programme:
    return programme_by_code(db.session(), code) or abort(404)


def _me() -> Learner:
    return learner_of_account(db.session(), current_user.account_id) or abort(404)


def _own(reference: str) -> Enrolment:
    return own_enrolment(db.session(), current_user.account_id, reference) or abort(404)


def _rules(programme: Programme) -> ProgrammeRules | None:
    """Its rules as they stand today; None where a figure is missing."""
    try:
        return rules_of(programme, today())
    except RuleMissing:
        return None


def _begin_page(programme: Programme, form: EnrolForm, problems: Any = ()) -> Any:
    session, moment = db.session(), now()
    known = enrolment_of(session, _me().id, programme.id)
    if known is not None and known.state in LIVE:
        return render_template("enrolments/already.html", programme=programme, enrolment=known, problems=problems,
                               label=ENROLMENT.label(known.state))
    agreement, cohorts = current_agreement(session, moment), cohorts_open(session, programme.code)
    prices, rules = prices_at(session, today()), _rules(programme)
    if not (programme.enrolment_open and rules and agreement and cohorts and TRAINING in prices):
        return render_template("enrolments/shut.html", programme=programme, organisation=organisation(session))
    form.offer(rules.directions, cohorts)
    if form.agreed_version != agreement.version:  # a tick under another text says nothing about this one
        form.agreement.data, form.agreement_version.data = False, str(agreement.version)
    return render_template(
        "enrolments/begin.html", programme=programme, form=form, problems=problems, rules=rules, cohorts=cohorts,
        facts=demand_facts(Demands.of(rules), rules), price=prices[TRAINING], exam=prices.get(EXAM),
        agreement=agreement, due=moment + DAYS_TO_PAY,
    )


def _shown(enrolment: Enrolment, fee: Fee | None, agreement: ConsentText | None) -> OwnEnrolment:
    live, rules = enrolment.state in LIVE, rules_of(enrolment.programme, local_day(enrolment.enrolled_at))
    offers = ENROLMENT.offers(enrolment.state, current_user.actor, facts_with(enrolment, fee, now()))
    return OwnEnrolment(
        enrolment, ENROLMENT.label(enrolment.state), live, rules.direction(enrolment.direction_code),
        demand_facts(enrolment.demands, rules), agreement, fee,
        FEE.label(fee.state) if fee is not None else None,
        owed=live and fee is not None and fee.state not in SETTLED,
        days=days_left(fee.due_at, now()) if fee is not None and fee.due_at else None,
        may_cancel=any(offer.move.name == "cancel" and offer.open for offer in offers),
    )


def _cancel_page(enrolment: Enrolment, form: CancelForm, problems: Any = ()) -> Any:
    return render_template("enrolments/cancel.html", enrolment=enrolment, form=form, problems=problems,
                           fee=fee_for(db.session(), enrolment.reference))
