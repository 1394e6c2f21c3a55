"""Whoever has not studied for some days is reminded of their own next step: the one that stands on their front page."""

from datetime import datetime
from functools import partial
from urllib.parse import urlencode

from enroll.enrolments.models import Enrolment
from enroll.foundation.words import N_, say
from enroll.home.queries import standing
from enroll.home.rules.next_step import NextStep, next_step
from enroll.storage.database import again_if_crowded, db
from enroll.supervision.queries.sending import to_be_reminded
from enroll.supervision.rules.reminding import is_quiet, week_of
from enroll.supervision.services.sending import Letter, send_reminder
from enroll.web.language import in_language, translate

AT_ONCE = 20
BEFORE = N_("Until %(moment)s")


def remind_of_next_step(now: datetime) -> int:
    """Scheduled work: each at most once a week, never in the night, never those who switched it off; twice sends
    nothing twice. Gives how many were sent."""
    if is_quiet(now):
        return 0
    session, week = db.session(), week_of(now)
    letters = [(one.id, _letter(one, now)) for one in to_be_reminded(session, now, week, at_most=AT_ONCE)]
    db.session.rollback()
    return sum(again_if_crowded(partial(send_reminder, number, week, letter, now=now)) for number, letter in letters)


def _letter(enrolment: Enrolment, now: datetime) -> Letter | None:
    """The next step in the learner's language; None where others act next."""
    found = standing(db.session(), enrolment.learner.account_id, now)
    step = next_step(found.facts) if found else None
    if step is None or step.action is None or step.link is None:
        return None
    with in_language(enrolment.learner.account.language):
        return Letter(enrolment.learner.reference, translate(step.title), _text(step), "next_step",
                      step.link.endpoint, urlencode(step.link.values))


def _text(step: NextStep) -> str:
    text = translate(step.text)
    return f"{text}\n\n{translate(say(BEFORE, moment=step.by))}" if step.by else text
