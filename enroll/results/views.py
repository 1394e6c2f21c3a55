"""The learner's results: what was published, what it means, what comes next, and asking for a score review."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.problems import Refused
from enroll.learners.models import Learner
from enroll.programmes.rules.figures import Rule
from enroll.results.forms import AskReviewForm
from enroll.results.lifecycle import SCORE_REVIEW
from enroll.results.models import Result
from enroll.results.queries.next_steps import (
    ResitOffer,
    learner_of,
    pass_mark_rules,
    published_result,
    resit_offer,
)
from enroll.results.queries.visible import VisiblePart, VisibleResult, awaited_windows, visible_result, visible_results
from enroll.results.rules.verdicts import VERDICT_LABELS, Verdict
from enroll.results.services.reviews import ask_score_review
from enroll.sittings.lifecycle import PART_NAMES
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.moments import now
from enroll.web.once import once

results = Blueprint("results", __name__, url_prefix="/results")


@dataclass(frozen=True)
class PartShown:
    """One part as the page shows it."""

    part: VisiblePart
    name: str
    label: Any
    review_label: Any
    may_ask: bool
    rule: Rule | None


@dataclass(frozen=True)
class WindowShown:
    result: VisibleResult
    label: Any
    parts: list[PartShown]
    resit: ResitOffer | None
    review_open: bool


@results.get("")
@requires(Permission.LEARN)
def mine() -> Any:
    session, me = db.session(), _me()
    shown = visible_results(session, me.id, now()) if me else ()
    return render_template(
        "results/mine.html", windows=[_window(me, one, newest=place == 0) for place, one in enumerate(shown) if me],
        awaited=awaited_windows(session, me.id, now()) if me else [],
    )


@results.get("/<ref:reference>/review")
@requires(Permission.LEARN)
def ask(reference: str) -> Any:
    return _ask_page(*_own(reference), AskReviewForm())


@results.post("/<ref:reference>/review")
@requires(Permission.LEARN)
def ask_review(reference: str) -> Any:
    (row, shown), form = _own(reference), AskReviewForm()
    if not form.validate():
        return _ask_page(row, shown, form), 422

    def act() -> str:
        ask_score_review(row.learner_id, reference, form.words.data or "", by=current_user.actor, now=now())
        return url_for("results.mine")

    try:
        answer = once(form, act)
    except Refused as no:
        return _ask_page(row, shown, form, form.show_problems(no.problems)), 409
    flash(_("Your request is with us. You are told when it is answered."), "ok")
    return answer


def _me() -> Learner | None:
    return learner_of(db.session(), current_user.account_id)


def _own(reference: str) -> tuple[Result, VisibleResult]:
    """Their own result and its window as published, once it is public for them; anything else is a 404, the same as one
    that is not there."""
    me = _me() or abort(404)
    row = published_result(db.session(), me.id, reference) or abort(404)
    shown = visible_result(db.session(), me.id, row.booking.window.code, now()) or abort(404)
    return row, shown


def _window(me: Learner, shown: VisibleResult, *, newest: bool) -> WindowShown:
    session, moment = db.session(), now()
    window = shown.window
    review_open = moment < window.score_review_closes_at
    rules = pass_mark_rules(session, window)
    offers_resit = newest and not shown.passed
    return WindowShown(
        shown, VERDICT_LABELS[shown.verdict], [_part(part, rules[part.part], review_open) for part in shown.parts],
        resit_offer(session, me.id, window.programme_id, moment) if offers_resit else None, review_open,
    )


def _part(part: VisiblePart, rule: Rule | None, review_open: bool) -> PartShown:
    may_ask = (review_open and part.review is None and not part.carried
               and part.verdict in {Verdict.PASS, Verdict.FAIL})
    return PartShown(part, PART_NAMES[part.part], VERDICT_LABELS[part.verdict],
                     SCORE_REVIEW.label(part.review.state) if part.review else None, may_ask, rule)


def _ask_page(row: Result, shown: VisibleResult, form: AskReviewForm, problems: tuple[Any, ...] = ()) -> str:
    part = next(one for one in shown.parts if one.part == row.booking.part)
    return render_template("results/ask.html", form=form, problems=problems, part=part, window=shown.window,
                           reference=row.reference, name=PART_NAMES[part.part])
