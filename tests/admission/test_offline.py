"""An hour without a line: marks are merged once, at the device's time, and a second entry raises the alarm."""

from datetime import UTC, timedelta
from io import BytesIO

import pytest

from enroll.accounts.permissions import Role
from enroll.admission.models import Attendance, OfflineMark
from enroll.admission.rules import offline as rules
from enroll.admission.rules.offline import Mark
from enroll.admission.services.attendance import check_in, mark_absent
from enroll.admission.services.offline import merge_marks, record_signed
from enroll.admission.services.seating import allocate_seats
from enroll.admission.services.tickets import release_tickets
from enroll.foundation.problems import Refused
from enroll.storage.database import again_if_crowded, db, transaction
from tests.at_once import at_once
from tests.builders.accounts import an_account
from tests.builders.admission import (
    AFTER,
    DOORS,
    LATE,
    TICKET_DAY,
    a_candidate,
    a_room_sitting,
    booking,
    registered,
)
from tests.builders.exams import a_window
from tests.builders.papers import a_photo
from tests.builders.programmes import an_organisation
from tests.pages import press, text_of

LIST, OTHER = "l" * 22, "o" * 22


@pytest.fixture
def day(app):
    """A sitting with four tickets and an officer."""
    with transaction() as session:
        an_organisation(session)
    sitting = a_room_sitting(a_window())
    references = [registered(a_candidate(f"p{place}", legal_name=f"考生{place}"), sitting)[0] for place in range(4)]
    officer = an_account("kaowu", Role.EXAM_OFFICER)
    by = officer.actor_at(TICKET_DAY)
    allocate_seats(sitting.code, by=by, now=TICKET_DAY)
    release_tickets(sitting.code, by=by, now=TICKET_DAY)
    return sitting.code, references, officer


def test_what_a_mark_says_and_when_it_counts():
    mark = rules.read_mark("b2701-0001|2|2027-01-16T01:00:00.123Z")
    assert mark == Mark("B2701-0001", 2, DOORS)
    assert rules.read_mark("B1|x|yesterday") == Mark("B1")
    assert rules.read_mark("||") == Mark("")
    fast = rules.ahead_of(LATE + timedelta(minutes=10), LATE)
    assert rules.counts_at(Mark("B1", 1, DOORS + timedelta(minutes=10)), fast, LATE) == DOORS
    assert rules.counts_at(Mark("B1", 1, AFTER), timedelta(0), LATE) == LATE, "nobody came in the future"
    assert rules.counts_at(Mark("B1"), timedelta(0), LATE) == LATE
    assert rules.one_each([Mark("B1", 1, DOORS), Mark("B1", 1, LATE), Mark("")]) == [Mark("B1", 1, DOORS)]


def test_a_list_kept_without_a_line_is_merged_once(day, sign_in, clock):
    code, (one, two, three, four), officer = day
    check_in(two, by=officer.actor_at(DOORS), now=DOORS, ticket_version=1, identity_confirmed=True)
    clock.set(LATE + timedelta(minutes=30))
    page, kept = sign_in(officer), f"/staff/admission/{code}/offline"
    assert "考生0" in text_of(page.get(kept))
    time = f"{(DOORS + timedelta(minutes=3)).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    rows = [f"{one}|1|{time}", f"{two}|1|{time}", f"{three}|1|", f"{four}|7|{time}", "B9999-0001|1|"]
    unsure = press(page, kept, kept, row=rows, identity_confirmed=None)
    assert unsure.status_code == 422
    assert f'value="{rows[0]}" checked' in unsure.text, "no tick is lost"
    first = press(page, kept, kept, row=rows, identity_confirmed="y", token=LIST)
    assert first.status_code == 303
    said = text_of(page.get(first.headers["Location"]))
    assert "请查清" in said, "the alarm stands on top"
    assert "09:03" in said
    outcomes = {mark.shown: mark.outcome for mark in db.session.query(OfflineMark)}
    assert outcomes == {one: "taken", two: "already", three: "refused", four: "refused", "B9999-0001": "refused"}
    assert booking(one).state == "present"
    assert booking(three).state == "ticketed", "without a time of its own it is too late"
    entry = db.session.query(Attendance).filter_by(booking_id=booking(one).id).one()
    assert (entry.source, entry.device_at) == ("offline", DOORS + timedelta(minutes=3))
    assert entry.at == LATE + timedelta(minutes=30), "the two times stand apart"
    again = press(page, kept, kept, row=[*rows, f"{three}|1|{time}"], identity_confirmed="y", token=LIST)
    assert again.headers["Location"] == first.headers["Location"]
    assert db.session.query(OfflineMark).count() == len(outcomes), "sent again, each row keeps its outcome"
    other = press(page, kept, kept, row=[f"{one}|1|{time}"], identity_confirmed="y", token=OTHER)
    assert "请查清" in text_of(page.get(other.headers["Location"])), "another device ticked the same person"
    assert page.get(f"{kept}/{'x' * 22}").status_code == 404


def test_who_signed_on_paper_is_present_and_marked_as_such(day, sign_in, clock):
    code, (one, two, three, _four), officer = day
    by = officer.actor_at(AFTER)
    with pytest.raises(Refused, match="reason"):
        record_signed(code, [one], " ", by=by, now=AFTER)
    assert [done.outcome for done in record_signed(code, [one, "B9"], "断电", by=by, now=DOORS)] == ["refused"] * 2
    assert booking(one).state == "ticketed", "before the end the door is where people are let in"
    mark_absent([two], by=by, now=AFTER)
    clock.set(AFTER)
    page, here = sign_in(officer), f"/staff/admission/{code}/signed"
    assert press(page, here, here, reason="").status_code == 422
    sent = press(page, here, here, booking=[one, two], reason="9:00 至 9:40 断网，签到表由监考员保管。",
                 picture=(BytesIO(a_photo()), "签到表.jpg"))
    assert sent.status_code == 303
    assert [booking(reference).state for reference in (one, two, three)] == ["present", "present", "ticketed"]
    assert "据纸质签到表" in text_of(page.get(f"/staff/admission/{code}?q={one}"))
    undo = page.get(f"/staff/admission/{code}/{one}/undo")
    assert "断网" in text_of(undo)
    entry = db.session.query(Attendance).filter_by(booking_id=booking(one).id, source="paper").one()
    assert page.get(f"/staff/admission/{code}/{one}/sheet/{entry.id}").status_code == 200
    assert page.get(f"/staff/admission/{code}/{three}/sheet/{entry.id}").status_code == 404


def test_one_list_sent_twice_at_once_is_merged_once(app, day):
    code, references, officer = day
    by = officer.actor_at(LATE)
    marks = [Mark(one, 1, DOORS) for one in references]
    db.session.rollback()
    answers = at_once(app, *[lambda: again_if_crowded(lambda: merge_marks(
        code, LIST, marks, ahead=timedelta(0), identity_confirmed=True, by=by, now=LATE))] * 4)
    assert sorted(answers) == [0, 0, 0, 4]
    assert {mark.outcome for mark in db.session.query(OfflineMark)} == {"taken"}
    assert db.session.query(Attendance).count() == 4
