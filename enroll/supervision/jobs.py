"""What supervision sends by itself: the summary of the week before, on Mondays."""

from datetime import datetime, timedelta
from functools import partial

from enroll.enrolments.models import Enrolment
from enroll.foundation.clock import at_beijing
from enroll.foundation.problems import NotFound
from enroll.storage.database import again_if_crowded, db
from enroll.supervision.queries.following import followed
from enroll.supervision.queries.sending import to_be_summarised, week_sums
from enroll.supervision.rules.reminding import WeekFacts, last_week, summary_is_due, summary_words, week_of
from enroll.supervision.services.sending import Letter, send_summary
from enroll.web.language import in_language, translate

AT_ONCE = 50  # a run of the jobs takes no longer than the others may wait


def send_summaries(now: datetime) -> int:
    """Scheduled work; a second run in the same week sends nothing. Gives how many were sent."""
    if not summary_is_due(now):
        return 0
    session, week, (first, last) = db.session(), week_of(now), last_week(now)
    chosen = to_be_summarised(session, week, at_beijing(last + timedelta(days=1)), at_most=AT_ONCE)
    sums = week_sums(session, [one.id for one in chosen], first, last)
    rows = {row.enrolment.id: row for row in followed(session, now, references=[one.learner.reference
                                                                               for one in chosen])}
    letters = []
    for one in chosen:
        row, week_of_theirs = rows.get(one.id), sums.get(one.id)
        minutes, days, lessons = ((week_of_theirs.minutes, week_of_theirs.days, week_of_theirs.lessons)
                                  if week_of_theirs else (0, 0, 0))
        if row is not None:
            facts = WeekFacts(minutes, days, lessons, row.minutes, one.demands.unit, row.following.forecast)
            letters.append((one.id, _letter(one, facts)))
    db.session.rollback()
    return sum(again_if_crowded(partial(_send, number, week, letter, now)) for number, letter in letters)


def _letter(enrolment: Enrolment, facts: WeekFacts) -> Letter:
    words = summary_words(facts)
    with in_language(enrolment.learner.account.language):
        return Letter(enrolment.learner.reference, translate(words.subject), translate(words.text), "summary",
                      "hours.mine")


def _send(enrolment_id: int, week: str, letter: Letter, now: datetime) -> bool:
    try:
        return send_summary(enrolment_id, week, letter, now=now)
    except NotFound:
        return False
