"""Marks by two people, from the open row to the published outcome."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from enroll.audit.models import AuditEntry
from enroll.foundation.problems import NotFound, Refused, Stale
from enroll.results.events import OutcomePublished, ResultsPublished
from enroll.results.models import MarkEntry, Outcome, Publication, Result, ResultMove
from enroll.results.rules.rows import TypedMark
from enroll.results.services.checking import check_marks, decide_difference
from enroll.results.services.entering import enter_marks, take_back_entry
from enroll.results.services.opening import follow_attendance, open_results
from enroll.results.services.publishing import lock_sitting, publish_results, unlock_sitting, void_result
from enroll.sittings.models import Booking
from enroll.sittings.queries import missing_parts
from enroll.storage.database import transaction
from enroll.storage.outbox import OutboxEntry
from tests.builders.award import (
    MARKING,
    PUBLISHING,
    House,
    a_candidate,
    acting,
    an_exam,
    check,
    enter,
    locked,
    marked,
    opened,
    points,
    published,
    result_of,
    sitting_code,
)

BOTH = {"theory": 78, "practical": 85}


@pytest.fixture
def house(app):
    return House()


@pytest.fixture
def window(app):
    return an_exam()


def states(session):
    return sorted(session.scalars(select(Result.state)))


def attend(session, learner, part, state):
    with transaction() as opened_session:
        booking = opened_session.scalars(
            select(Booking).where(Booking.learner_id == learner.id, Booking.part == part)
        ).one()
        booking.state = state
    return booking.reference


def test_results_are_opened_for_who_came_and_settled_for_who_did_not(session, window, house):
    came = a_candidate("ana", window, "present", "absent")
    other = a_candidate("ben", window, "excused", "disqualified")
    a_candidate("cai", window, "confirmed", "cancelled")
    opened(window, by=acting(house.maker))
    assert result_of(came, window, "theory").state == "pending"
    for learner, part, verdict in (
        (came, "practical", "absent"),
        (other, "theory", "excused"),
        (other, "practical", "void"),
    ):
        row = result_of(learner, window, part)
        assert (row.state, row.verdict, row.mark, row.source) == ("checked", verdict, None, "attendance")
    assert session.query(Result).count() == 4
    assert open_results(sitting_code(window, "theory"), by=acting(house.maker), now=MARKING) == 0


def test_only_those_who_work_on_results_open_them(window, house):
    with pytest.raises(Refused):
        open_results(sitting_code(window, "theory"), by=acting(house.liaison), now=MARKING)
    with pytest.raises(NotFound):
        open_results("nowhere", by=acting(house.maker), now=MARKING)


def test_a_row_follows_the_attendance_until_it_is_locked(session, window, house):
    ana = a_candidate("ana", window, "absent", None)
    reference = attend(session, ana, "theory", "absent")
    follow_attendance(reference, now=MARKING)
    assert result_of(ana, window, "theory").verdict == "absent"
    attend(session, ana, "theory", "present")
    follow_attendance(reference, now=MARKING)
    row = result_of(ana, window, "theory")
    assert (row.state, row.verdict, row.source) == ("pending", None, "hand")
    enter(ana, window, "theory", 73, by=acting(house.maker))
    attend(session, ana, "theory", "disqualified")
    follow_attendance(reference, now=MARKING)
    row = result_of(ana, window, "theory")
    assert (row.state, row.verdict, row.mark) == ("checked", "void", None)
    lock_sitting(sitting_code(window, "theory"), by=acting(house.lead), now=MARKING)
    attend(session, ana, "theory", "present")
    follow_attendance(reference, now=MARKING)
    assert result_of(ana, window, "theory").state == "locked"
    with pytest.raises(Refused) as no:
        publish_results(window.code, by=acting(house.lead), now=PUBLISHING)
    assert no.value.codes == {"not_locked"}, "the locked row no longer follows the attendance"


def test_equal_entries_of_two_people_are_checked(session, window, house):
    ana = a_candidate("ana", window)
    opened(window, by=acting(house.maker))
    assert enter(ana, window, "theory", 73, by=acting(house.maker)).outcome == "done"
    assert result_of(ana, window, "theory").mark is None
    assert check(ana, window, "theory", 73, by=acting(house.checker)).outcome == "done"
    row = result_of(ana, window, "theory")
    assert (row.state, row.mark) == ("checked", 730)


def test_different_entries_never_become_checked_until_a_third_person_decides(session, window, house):
    ana = a_candidate("ana", window)
    opened(window, by=acting(house.maker))
    enter(ana, window, "theory", 68, by=acting(house.maker))
    check(ana, window, "theory", 63, by=acting(house.checker))
    row = result_of(ana, window, "theory")
    assert (row.state, row.mark) == ("discrepancy", None)
    for again in (house.checker, house.third, house.maker):
        assert check(ana, window, "theory", 68, by=acting(again)).outcome == "refused"
    for involved in (house.maker, house.checker):
        with pytest.raises(Refused):
            decide_difference(row.reference, points(68), by=acting(involved), now=MARKING, reason="I know")
    with pytest.raises(Refused) as no:
        decide_difference(row.reference, points(68), by=acting(house.third), now=MARKING, reason=" ")
    assert no.value.codes == {"reason_missing"}
    with pytest.raises(Stale):
        decide_difference(row.reference, points(68), by=acting(house.third), now=MARKING, reason="x", seen_version=1)
    decide_difference(row.reference, points(68), by=acting(house.third), now=MARKING, reason="The sheet says 68.")
    row = result_of(ana, window, "theory")
    assert (row.state, row.mark) == ("checked", 680)
    assert [entry.entry_no for entry in row.entries] == [1, 2, 3]


def test_the_maker_does_not_check_their_own_entry_nor_one_that_was_entered_over(session, window, house):
    ana = a_candidate("ana", window)
    opened(window, by=acting(house.maker))
    both = acting(house.maker).__class__(
        house.maker.id, "luru", acting(house.maker).permissions | acting(house.checker).permissions
    )
    enter(ana, window, "theory", 70, by=both)
    again = check(ana, window, "theory", 70, by=both)
    assert (again.outcome, [one.code for one in again.problems]) == ("refused", ["checker_is_maker"])


def test_until_it_is_checked_an_entry_may_be_entered_over_and_everything_stays_on_file(session, window, house):
    ana = a_candidate("ana", window)
    opened(window, by=acting(house.maker))
    assert [enter(ana, window, "theory", mark, by=acting(house.maker)).outcome for mark in (37, 37, 73)] == [
        "done",
        "skipped",
        "done",
    ]
    check(ana, window, "theory", 73, by=acting(house.checker))
    assert result_of(ana, window, "theory").mark == 730
    assert list(session.scalars(select(MarkEntry.mark).order_by(MarkEntry.id))) == [370, 730, 730]
    assert enter(ana, window, "theory", 99, by=acting(house.maker)).outcome == "refused"


def test_a_row_somebody_changed_in_the_meantime_is_refused_and_the_others_are_saved(session, window, house):
    ana, ben = a_candidate("ana", window), a_candidate("ben", window)
    opened(window, by=acting(house.maker))
    seen = result_of(ana, window, "theory").version
    enter(ana, window, "theory", 50, by=acting(house.maker))
    typed = [
        TypedMark(result_of(ana, window, "theory").reference, points(60), seen),
        TypedMark(result_of(ben, window, "theory").reference, points(61), seen),
        TypedMark(result_of(ben, window, "practical").reference, points(61)),
        TypedMark("R9999-0001", points(1)),
    ]
    done = enter_marks(sitting_code(window, "theory"), typed, by=acting(house.maker), now=MARKING)
    assert [one.outcome for one in done] == ["refused", "done", "refused", "refused"]
    assert [one.problems[0].code for one in done if one.problems] == ["moved_on", "unknown_row", "unknown_row"]


def test_an_entry_taken_back_begins_a_new_round_for_anybody(session, window, house):
    ana = a_candidate("ana", window)
    opened(window, by=acting(house.maker))
    enter(ana, window, "theory", 50, by=acting(house.maker))
    reference = result_of(ana, window, "theory").reference
    with pytest.raises(Refused):
        take_back_entry(reference, by=acting(house.maker), now=MARKING, reason="")
    take_back_entry(reference, by=acting(house.maker), now=MARKING, reason="Wrong line of the sheet")
    assert check(ana, window, "theory", 50, by=acting(house.checker)).outcome == "refused"
    enter(ana, window, "theory", 60, by=acting(house.maker))
    check(ana, window, "theory", 60, by=acting(house.checker))
    assert result_of(ana, window, "theory").mark == 600
    with pytest.raises(Refused):
        take_back_entry(reference, by=acting(house.maker), now=MARKING, reason="Too late")


def test_no_mark_is_written_anywhere_but_into_the_entries_before_two_people_agree(session, window, house):
    ana = a_candidate("ana", window)
    opened(window, by=acting(house.maker))
    enter(ana, window, "theory", 73, by=acting(house.maker))
    check(ana, window, "theory", 71, by=acting(house.checker))
    written = [str(row.details) for row in session.query(AuditEntry)] + [
        row.reason for row in session.query(ResultMove)
    ]
    written += [str(row.details) for row in session.query(OutboxEntry)]
    for digits in ("73", "71"):
        assert not [one for one in written if digits in one.replace("R2609", "")]
    assert session.scalars(select(Result.mark)).all() == [None, None]


def test_entries_cannot_be_changed_and_a_second_entry_stands_once(session, window, house):
    ana = a_candidate("ana", window)
    opened(window, by=acting(house.maker))
    enter(ana, window, "theory", 73, by=acting(house.maker))
    check(ana, window, "theory", 71, by=acting(house.checker))
    for change in ({"mark": 710}, {"made_by_id": house.third.id}):
        with pytest.raises(Exception, match="append-only"), transaction() as writing:
            writing.query(MarkEntry).update(change)
    row = result_of(ana, window, "theory")
    twice = MarkEntry(result_id=row.id, entry_no=2, mark=730, made_by_id=house.third.id, made_at=MARKING)
    with pytest.raises(IntegrityError), transaction() as writing:
        writing.add(twice)


def test_the_database_keeps_no_mark_that_is_none(session, window, house, database):
    ana = a_candidate("ana", window)
    opened(window, by=acting(house.maker))
    result, maker = result_of(ana, window, "theory").id, house.maker.id
    rounded = ["7.5"] if database == "sqlite" else []  # PostgreSQL's column makes 8 tenths of it
    for mark in ("'abc'", "10001", "-1", *rounded):
        text = (
            f"INSERT INTO mark_entry (result_id, entry_round, entry_no, mark, made_by_id, made_at, source, reason) "
            f"VALUES ({result}, 1, 1, {mark}, {maker}, '2026-10-12 00:00:00', 'hand', '')"
        )
        with pytest.raises(Exception, match=r"mark|integer"):
            session.connection().exec_driver_sql(text)
        session.rollback()


def test_a_sitting_is_locked_only_whole_and_unlocked_only_with_a_reason(session, window, house):
    ana, ben = a_candidate("ana", window, practical=None), a_candidate("ben", window, practical=None)
    marked(window, house, {ana: {"theory": 73}})
    code = sitting_code(window, "theory")
    with pytest.raises(Refused) as no:
        lock_sitting(code, by=acting(house.lead), now=MARKING)
    assert no.value.codes == {"incomplete"}
    enter(ben, window, "theory", 50, by=acting(house.maker))
    check(ben, window, "theory", 50, by=acting(house.checker))
    with pytest.raises(Refused):
        lock_sitting(code, by=acting(house.checker), now=MARKING)
    assert lock_sitting(code, by=acting(house.lead), now=MARKING) == 2
    with pytest.raises(Refused) as no:
        lock_sitting(code, by=acting(house.lead), now=MARKING)
    assert no.value.codes == {"already_locked"}
    with pytest.raises(Refused):
        unlock_sitting(code, by=acting(house.lead), now=MARKING, reason="")
    assert unlock_sitting(code, by=acting(house.lead), now=MARKING, reason="A late list") == 2
    assert states(session) == ["checked", "checked"]


def test_publication_is_one_act_for_everybody_at_its_time(session, window, house):
    ana, ben = a_candidate("ana", window), a_candidate("ben", window, "present", "absent")
    locked(window, house, {ana: BOTH, ben: {"theory": 72}})
    with pytest.raises(Refused) as no:
        publish_results(window.code, by=acting(house.lead), now=PUBLISHING - timedelta(seconds=1))
    assert no.value.codes == {"too_early"}
    with pytest.raises(Refused):
        publish_results(window.code, by=acting(house.maker), now=PUBLISHING)
    assert publish_results(window.code, by=acting(house.lead), now=PUBLISHING) == 4
    assert states(session) == ["published"] * 4
    assert session.scalars(select(Outcome.verdict).order_by(Outcome.learner_id)).all() == ["pass", "partial"]
    told = session.scalars(
        select(OutboxEntry.event).where(OutboxEntry.event.in_([OutcomePublished.__name__, ResultsPublished.__name__]))
    ).all()
    assert sorted(told) == ["OutcomePublished", "OutcomePublished", "ResultsPublished"]
    with pytest.raises(Refused) as no:
        publish_results(window.code, by=acting(house.lead), now=PUBLISHING)
    assert no.value.codes == {"already_published"}
    assert session.query(Publication).count() == 1


def test_one_sitting_that_is_not_locked_holds_back_everybody(session, window, house):
    ana = a_candidate("ana", window)
    marked(window, house, {ana: BOTH})
    lock_sitting(sitting_code(window, "theory"), by=acting(house.lead), now=MARKING)
    with pytest.raises(Refused) as no:
        publish_results(window.code, by=acting(house.lead), now=PUBLISHING)
    assert no.value.codes == {"not_locked"}
    assert (session.query(Publication).count(), session.query(Outcome).count()) == (0, 0)
    assert states(session) == ["checked", "locked"]


def test_a_publication_that_dies_half_way_leaves_nothing(session, window, house):
    ana = a_candidate("ana", window)
    locked(window, house, {ana: BOTH})

    def killed():
        with transaction():
            publish_results(window.code, by=acting(house.lead), now=PUBLISHING)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed()
    assert (session.query(Publication).count(), session.query(Outcome).count()) == (0, 0)
    assert states(session) == ["locked", "locked"]
    publish_results(window.code, by=acting(house.lead), now=PUBLISHING)
    assert states(session) == ["published", "published"]


def test_absent_is_published_as_absent_and_never_as_nought(session, window, house):
    ana = a_candidate("ana", window, "absent", "absent")
    published(window, house, {ana: {}})
    outcome = session.query(Outcome).one()
    assert outcome.verdict == "absent"
    assert [one["mark"] for one in outcome.by_part.values()] == [None, None]


def test_a_passed_part_is_kept_and_counted_in_a_later_window(session, window, house):
    ana = a_candidate("ana", window)
    published(window, house, {ana: {"theory": 72, "practical": 54}})
    outcome = session.query(Outcome).one()
    assert (outcome.verdict, outcome.kept_until_window) == ("partial", "202703")
    assert [str(part) for part in missing_parts(session, ana.id, window.programme_id, "202701")] == ["practical"]
    later = an_exam("202701", starts_on=window.starts_on + timedelta(days=119))
    a_candidate("ana", later, None, "present")
    published(later, house, {ana: {"practical": 61}}, now=later.scores_publish_at)
    newest = session.scalars(select(Outcome).order_by(Outcome.id.desc())).first()
    assert newest.verdict == "pass"
    assert newest.by_part["theory"]["window"] == "202609"
    assert newest.rules["pass_marks"] == {"theory": 600, "practical": 600}


def test_a_published_result_declared_void_changes_the_outcome_by_a_new_row(session, window, house):
    ana = a_candidate("ana", window)
    published(window, house, {ana: BOTH})
    void_result(result_of(ana, window, "theory").reference, by=acting(house.lead), now=PUBLISHING, reason="Similar")
    assert session.scalars(select(Outcome.verdict).order_by(Outcome.id)).all() == ["pass", "partial"]
    assert missing_parts(session, ana.id, window.programme_id, "202611")[0] == "theory"


def test_sixty_random_pairs_through_the_services_end_as_agreed_or_decided(session, window, house):
    chance = random.Random(7)
    people = [a_candidate(f"p{number:02d}", window, practical=None) for number in range(30)]
    opened(window, by=acting(house.maker))
    pairs = {
        result_of(one, window, "theory").reference: (chance.choice([590, 600]), chance.choice([590, 600]))
        for one in people
    }
    code = sitting_code(window, "theory")
    enter_marks(
        code, [TypedMark(ref, points(pair[0] / 10)) for ref, pair in pairs.items()], by=acting(house.maker), now=MARKING
    )
    check_marks(
        code,
        [TypedMark(ref, points(pair[1] / 10)) for ref, pair in pairs.items()],
        by=acting(house.checker),
        now=MARKING,
    )
    for row in session.scalars(select(Result)):
        first, second = pairs[row.reference]
        assert (row.state, row.mark) == (("checked", first) if first == second else ("discrepancy", None))
