"""The exam office's pages of sittings, pressed as they are served."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.audit.models import AuditEntry
from enroll.sittings.lifecycle import Part
from enroll.sittings.models import Sitting
from enroll.storage.database import db, transaction
from tests.builders.accounts import an_account
from tests.builders.exams import a_site, a_sitting, a_window
from tests.pages import form_on, press, soup, text_of
from tests.sittings.test_services import a_seat

LIST, ONE = "/staff/sittings", "/staff/sittings/202701-BJ01-T"
PAGES = [LIST, f"{LIST}?window=202701", ONE, f"{ONE}/edit", f"{LIST}/new",
         f"{LIST}/new?window=202701&site=BJ01&part=theory", f"{LIST}/new?window=202701&site=ONLINE&part=practical"]
PLAN = {"starts_at": "2027-01-16T14:00", "ends_at": "2027-01-16T16:00", "minutes": "120", "capacity": "40",
        "report_at": "2027-01-16T13:20"}


@pytest.fixture
def world(app):
    a_site("ONLINE", online=True)
    return a_sitting(a_window())


@pytest.fixture
def officer(world, sign_in):
    return sign_in(an_account("kaowu", Role.EXAM_OFFICER))


def the(code="202701-BJ01-T"):
    db.session.rollback()
    return db.session.scalars(select(Sitting).where(Sitting.code == code)).one()


def test_every_page_opens_in_both_languages(officer):
    for path in PAGES:
        for language in ("zh", "en"):
            page = officer.get(path, headers={"Accept-Language": language})
            assert page.status_code == 200, (path, language)
            assert len(soup(page).find_all("h1")) == 1, (path, language)


@pytest.mark.one_database
def test_a_page_is_closed_to_visitors_learners_and_other_staff(client, world, sign_in):
    opened = [path for path in PAGES if client.get(path).status_code != 303]
    for role in (Role.LEARNER, Role.FINANCE):
        sign_in(an_account(str(role), role))
        opened += [(role, path) for path in PAGES if client.get(path).status_code != 403]
    assert opened == []


def test_a_lead_may_look_and_not_change(client, world, sign_in):
    sign_in(an_account("zhuguan", Role.REVIEW_LEAD))
    page = client.get(ONE)
    assert page.status_code == 200
    assert "202701-BJ01-T" in text_of(page)
    assert [form.get("action") for form in soup(page).find("main").find_all("form")] == []
    assert client.get(f"{ONE}/edit").status_code == 403
    assert client.post(f"{ONE}/capacity", data={"capacity": "1"}).status_code in {400, 403, 419}


def test_what_is_not_there_is_not_found(officer):
    paths = [f"{LIST}/202701-XX-T", f"{LIST}?window=209901", f"{LIST}/1%00", f"{LIST}/../x"]
    assert {path: officer.get(path).status_code for path in paths} == dict.fromkeys(paths, 404)


def test_a_window_without_sittings_says_what_would_be_here(client, app, sign_in):
    a_window()
    sign_in(an_account("kaowu", Role.EXAM_OFFICER))
    assert "No sittings yet" in text_of(client.get(LIST, headers={"Accept-Language": "en"}))


def test_a_sitting_is_added_with_its_rooms(officer):
    address = f"{LIST}/new?window=202701&site=BJ01&part=practical"
    answer = press(officer, address, address.split("?")[0], **PLAN, rooms=["301"])
    assert answer.status_code == 303, text_of(answer)
    assert answer.location == f"{LIST}/202701-BJ01-P"
    sitting = the("202701-BJ01-P")
    assert (sitting.capacity, [one.room.code for one in sitting.rooms], sitting.part) == (40, ["301"], "practical")
    assert "2027年1月16日（周六）14:00" in text_of(officer.get(answer.location))


def test_a_plan_that_cannot_stand_is_refused_and_keeps_what_was_typed(officer):
    address = f"{LIST}/new?window=202701&site=BJ01&part=practical"
    for wrong in (
        {"capacity": "81", "rooms": ["301", "302"]}, {"capacity": "-1"}, {"capacity": "１２"}, {"capacity": "4e3"},
        {"minutes": "0"}, {"starts_at": "tomorrow"}, {"ends_at": ""}, {"starts_at": "2027-02-30T10:00"},
        {"rooms": ["999"]}, {"minutes": "121"},
    ):
        answer = press(officer, address, address.split("?")[0], **{**PLAN, **wrong})
        assert answer.status_code == 422, wrong
        assert "2027-01-16T16:00" in answer.get_data(as_text=True) or "ends_at" in wrong, wrong
        assert db.session.scalars(select(Sitting)).all() == [the()], wrong


def test_the_number_of_seats_is_changed_and_never_below_what_is_taken(officer):
    a_seat(the(), "one"), a_seat(the(), "two")
    assert press(officer, ONE, f"{ONE}/capacity", capacity="2").status_code == 303
    refused = press(officer, ONE, f"{ONE}/capacity", capacity="1")
    assert refused.status_code == 422
    assert the().capacity == 2


def test_a_second_press_and_an_old_tab_change_nothing_more(officer):
    page = officer.get(ONE)
    sent = {field["name"]: field.get("value", "") for field in form_on(page, f"{ONE}/capacity").find_all("input")}
    sent["capacity"] = "30"
    assert [officer.post(f"{ONE}/capacity", data=sent).status_code for _ in range(2)] == [303, 303]
    assert the().version == 2
    stale = {**sent, "key": "another", "capacity": "20"}
    assert officer.post(f"{ONE}/capacity", data=stale).status_code == 409
    assert the().capacity == 30


def test_without_a_token_nothing_is_done(officer):
    assert press(officer, ONE, f"{ONE}/close", csrf_token=None).status_code == 419
    assert the().closed_at is None


def test_a_sitting_is_closed_and_opened_again(officer):
    assert press(officer, ONE, f"{ONE}/close", reason="考点装修").status_code == 303
    assert the().closed_at is not None
    assert press(officer, ONE, f"{ONE}/open").status_code == 303
    assert the().closed_at is None


def test_a_sitting_is_edited_until_somebody_has_a_seat(officer):
    later = {"starts_at": "2027-01-17T09:30", "ends_at": "2027-01-17T11:30", "report_at": ""}
    assert press(officer, f"{ONE}/edit", **later).status_code == 303
    assert the().starts_at.day == 17
    a_seat(the())
    assert press(officer, f"{ONE}/edit", ends_at="2027-01-17T12:30").status_code == 422


def test_the_list_goes_out_with_masked_numbers_and_is_on_record(officer):
    a_seat(the(), "=1+1")
    with transaction():
        learner = the().window and db.session.scalars(select(Sitting)).one() and _learner()
        learner.id_number_mask = "110***********1013"
    answer = press(officer, ONE, f"{ONE}/list")
    assert answer.status_code == 200
    sheet = load_workbook(BytesIO(answer.data)).active
    row = [cell.value for cell in sheet[2]]
    assert (row[2], row[3]) == ("=1+1", "110***********1013")
    assert all(cell.data_type != "f" for cell in sheet[2])
    acts = db.session.scalars(select(AuditEntry.act).where(AuditEntry.act == "sitting.list_taken")).all()
    assert acts == ["sitting.list_taken"]


def _learner():
    from enroll.learners.models import Learner

    return db.session.scalars(select(Learner)).one()


def test_the_page_of_a_full_sitting_says_so(officer):
    a_sitting(the().window, Part.PRACTICAL, seats=0)
    assert "Full" in text_of(officer.get(LIST, headers={"Accept-Language": "en"}))
