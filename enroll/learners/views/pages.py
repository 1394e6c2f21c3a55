"""What the pages of learners share: one blueprint, whose record it is, and the photo's rule."""

from flask import Blueprint, abort, current_app, request
from flask_login import current_user

from enroll.documents.photos import PhotoRule
from enroll.foundation.problems import Problem
from enroll.learners.models import Learner
from enroll.learners.queries.people import learner_of_account
from enroll.storage.database import db
from enroll.web.language import translate
from enroll.web.moments import now

learners = Blueprint("learners", __name__)
LARGEST_PICTURE = 10 * 1024 * 1024
# Used until the programme's own rule says otherwise; what exams here commonly ask for, not an official figure.
USUAL_PHOTO = PhotoRule(width=295, height=413, min_kb=10, max_kb=200)


def me() -> Learner:
    """The learner who is signed in; somebody who is none gets a 404."""
    learner = learner_of_account(db.session(), current_user.account_id)
    if learner is None:
        abort(404)
    return learner


def photo_rule() -> PhotoRule:
    """The rule of today: create_app registers where it comes from (programmes stand later in the journey)."""
    rule: PhotoRule = current_app.extensions["photo_rule"](now())
    return rule


def address_of_request() -> str:
    return request.remote_addr or ""


def in_words(problems: tuple[Problem, ...]) -> list[str]:
    return [translate(one) for one in problems]
