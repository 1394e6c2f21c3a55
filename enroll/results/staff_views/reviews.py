"""Score reviews: the queue, due first, and answering one."""

from datetime import datetime
from typing import Any

from flask import abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.clock import local_day
from enroll.foundation.masking import mask_name
from enroll.foundation.problems import Problem, Refused
from enroll.results.forms import AnswerForm
from enroll.results.lifecycle import SCORE_REVIEW, ReviewState
from enroll.results.models import ScoreReview
from enroll.results.queries.people import names_by_id, names_of
from enroll.results.queries.reviews import (
    review_by_reference,
    review_counts,
    review_facts,
    review_queue,
    versions_of_booking,
)
from enroll.results.rules.marks import read_mark
from enroll.results.rules.verdicts import Entered
from enroll.results.services.reviews import CORRECTED, answer_score_review
from enroll.results.staff_views.blueprint import results_staff, value_of
from enroll.sittings.lifecycle import PART_NAMES, Part
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked, outside_url
from enroll.web.language import show_moment, translate
from enroll.web.moments import now
from enroll.web.once import once

READS = (Permission.ANSWER_SCORE_REVIEWS, Permission.SEE_RESULTS)


@results_staff.get("/score-reviews")
@requires(*READS)
def score_reviews() -> Any:
    state = ReviewState.ANSWERED if asked("state") == ReviewState.ANSWERED else ReviewState.OPEN
    rows = [_row(one) for one in review_queue(db.session(), state)]
    return render_template("results/staff/reviews.html", rows=rows, state=state, counts=review_counts(db.session()),
                           states=[(one, SCORE_REVIEW.label(one)) for one in ReviewState], notice=_notice(rows))


@results_staff.get("/score-reviews/<ref:reference>")
@requires(*READS)
def score_review(reference: str) -> Any:
    return _page(_the(reference), AnswerForm())


@results_staff.post("/score-reviews/<ref:reference>/answer")
@requires(Permission.ANSWER_SCORE_REVIEWS)
def answer(reference: str) -> Any:
    review, form = _the(reference), AnswerForm()
    whole, corrected = form.validate(), _corrected(review, form)
    if isinstance(corrected, Problem):
        return _page(review, form, form.show_problems((corrected,))), 422
    if not whole:
        return _page(review, form), 422

    def act() -> str:
        answer_score_review(reference, form.finding.data, form.reason.data or "", by=current_user.actor, now=now(),
                            corrected=corrected, seen_version=form.seen_version)
        return url_for("results_staff.score_reviews")

    try:
        done = once(form, act)
    except Refused as no:
        return _page(_the(reference), form, form.show_problems(no.problems)), 409
    flash(_("The review is answered; the learner is told."), "ok")
    return done


def _corrected(review: ScoreReview, form: AnswerForm) -> Entered | Problem | None:
    if form.finding.data != CORRECTED:
        return None
    marks = review.booking.window.agreed.pass_marks
    return read_mark(form.mark.data or "", full=marks.full, step=marks.step)


def _the(reference: str) -> ScoreReview:
    return review_by_reference(db.session(), reference) or abort(404)


def _page(review: ScoreReview, form: AnswerForm, problems: tuple[Any, ...] = ()) -> str:
    session = db.session()
    versions = [(row, value_of(row), names_of(session, row)) for row in versions_of_booking(session, review.booking_id)]
    offers = SCORE_REVIEW.offers(review.state, current_user.actor, review_facts(review))
    form.version.data = str(review.version)
    return render_template(
        "results/staff/review.html", review=review, form=form, problems=problems, versions=versions,
        offer=offers[0] if offers else None, label=SCORE_REVIEW.label(review.state), part=PART_NAMES[Part(
            review.booking.part)], name=mask_name(review.booking.learner.called), left=_days_left(review.answer_by),
        by=names_by_id(session, [review.answered_by_id]).get(review.answered_by_id or 0, ""), value_of=value_of,
    )


def _row(review: ScoreReview) -> tuple[ScoreReview, str, str, int]:
    return (review, mask_name(review.booking.learner.called), PART_NAMES[Part(review.booking.part)],
            _days_left(review.answer_by))


def _days_left(at: datetime) -> int:
    return (local_day(at) - local_day(now())).days


def _notice(rows: list[tuple[ScoreReview, str, str, int]]) -> str:
    """What is due, by when, for the staff group; names masked."""
    lines = [
        _("%(reference)s %(name)s %(part)s, answer by %(moment)s", reference=review.reference, name=name,
          part=translate(part), moment=show_moment(review.answer_by))
        for review, name, part, _left in rows[:20] if review.state == ReviewState.OPEN
    ]
    if not lines:
        return ""
    return "\n".join([_("Score reviews to answer:"), *lines, outside_url("results_staff.score_reviews")])
