"""What publications settled, and what is left to sit."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from enroll.sittings.lifecycle import Part
from enroll.sittings.models import PublishedPart
from enroll.sittings.queries import has_sat_before, missing_parts, parts_kept, parts_kept_by_learner
from enroll.sittings.services.parts import SettledPart, settle_parts
from enroll.storage.database import transaction
from tests.builders.exams import a_bare_learner, a_window
from tests.conftest import NOON

BOTH = (Part.THEORY, Part.PRACTICAL)


def settled(learner, part, verdict, kept_until=""):
    return SettledPart(learner.id, part, verdict, kept_until)


def test_somebody_who_never_sat_misses_every_part_and_is_no_resitter(session):
    learner, window = a_bare_learner("ana"), a_window("202701")
    assert missing_parts(session, learner.id, window.programme_id, "202701") == BOTH
    assert not has_sat_before(session, learner.id, window.programme_id, "202701")


def test_a_passed_part_is_kept_until_its_window_and_not_longer(session):
    learner, window = a_bare_learner("ana"), a_window("202609")
    parts = [settled(learner, "theory", "pass", "202703"), settled(learner, "practical", "fail")]
    settle_parts(window, parts, now=NOON)
    for code in ("202611", "202701", "202703"):
        assert missing_parts(session, learner.id, window.programme_id, code) == (Part.PRACTICAL,)
        assert has_sat_before(session, learner.id, window.programme_id, code)
    assert missing_parts(session, learner.id, window.programme_id, "202705") == BOTH
    assert missing_parts(session, learner.id, window.programme_id, "202609") == BOTH, "its own window does not count"
    assert parts_kept(session, learner.id, window.programme_id, "202611")[Part.THEORY].window_code == "202609"
    assert set(parts_kept_by_learner(session, window.programme_id, "202611")) == {learner.id}


def test_an_excuse_uses_no_attempt_and_an_absence_does(session):
    excused, absent, window = a_bare_learner("ana"), a_bare_learner("ben"), a_window("202609")
    settle_parts(window, [settled(excused, "theory", "excused"), settled(absent, "theory", "absent")], now=NOON)
    assert not has_sat_before(session, excused.id, window.programme_id, "202611")
    assert has_sat_before(session, absent.id, window.programme_id, "202611")


def test_settling_again_changes_nothing_and_a_correction_ends_the_row_it_corrects(session):
    learner, window = a_bare_learner("ana"), a_window("202609")
    for _ in range(2):
        settle_parts(window, [settled(learner, "theory", "fail")], now=NOON)
    assert session.query(PublishedPart).count() == 1
    settle_parts(window, [settled(learner, "theory", "pass", "202703")], now=NOON + timedelta(days=9))
    rows = session.query(PublishedPart).order_by(PublishedPart.id).all()
    assert [(row.verdict, row.ended_at is None) for row in rows] == [("fail", False), ("pass", True)]


def test_the_database_lets_one_row_stand_for_a_part(session):
    learner, window = a_bare_learner("ana"), a_window("202609")
    rows = [PublishedPart(learner_id=learner.id, programme_id=window.programme_id, part="theory",
                          window_code="202609", verdict=verdict, settled_at=NOON) for verdict in ("pass", "fail")]
    with pytest.raises(IntegrityError), transaction() as open_session:
        open_session.add_all(rows)
