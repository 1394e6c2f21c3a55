"""What the front page knows, from the database."""

from datetime import timedelta

from enroll.home.queries import standing
from enroll.home.rules.journey import journey
from tests.builders.whole_file import a_whole_file
from tests.conftest import NOON


def step_of_result(session, account_id, moment):
    facts = standing(session, account_id, moment).facts
    step = next(one for one in journey(facts) if one.key == "result")
    return facts.published, facts.verdict, step.note.text if step.note else ""


def test_a_published_result_stands_on_the_front_page_and_not_a_moment_earlier(session):
    """The outcome's row is there and the publication set for NOON: visible_results decides, not the row."""
    whole = a_whole_file()
    assert step_of_result(session, whole.account_id, NOON) == (True, "pass", "Passed")
    published, verdict, words = step_of_result(session, whole.account_id, NOON - timedelta(microseconds=1))
    assert (published, verdict) == (False, "")
    assert words != "Passed"
