"""Advisers and their learners through the pages: the list, contacts, nudges, the call back, reminders, the record."""

from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from enroll.accounts.permissions import Role
from enroll.audit.models import AuditEntry
from enroll.courses.queries.standing import hours_forecast
from enroll.courses.services.playing import study_lesson
from enroll.desk.queries.learners import learner_file
from enroll.enrolments.models import Enrolment
from enroll.foundation.clock import local_day
from enroll.hours.models import HoursBalance, LedgerEntry
from enroll.hours.queries.standing import totals_of
from enroll.hours.services.crediting import credit, reverse
from enroll.notifications.models import Message
from enroll.storage.database import db
from enroll.supervision.models import Contact, Nudge, ReminderChoice
from enroll.supervision.queries.following import followed
from tests.builders.courses import the_courses
from tests.builders.exams import a_window
from tests.builders.following import a_followed, asked, the_adviser
from tests.builders.study import a_colleague, a_person, account_of, credited, learner_of, minutes
from tests.conftest import NOON
from tests.pages import fields_of, form_on, press, text_of

PERSON = "/staff/supervision/L000001"
BAD = ["a\x00b", "x" * 5000]


@pytest.fixture
def student(session):
    student = a_followed()
    the_courses()
    a_window()
    credited(student, 900, practice=400, at=NOON - timedelta(days=20))
    return student


@pytest.fixture
def me(student, sign_in):
    return sign_in(account_of(student))


@pytest.fixture
def adviser(app, student, sign_in):
    return sign_in(the_adviser(), app.test_client())


# The list.

def test_the_list_says_who_is_idle_and_behind_and_filters_by_it(adviser, student):
    page = text_of(adviser.get("/staff/supervision"))
    assert "张伟" in page
    assert "天未学习" in page
    assert "张伟" in text_of(adviser.get("/staff/supervision?risk=idle&cohort=C2609"))
    assert "张伟" not in text_of(adviser.get("/staff/supervision?risk=returned"))
    assert "张伟" not in text_of(adviser.get("/staff/supervision?cohort=C9999"))


def test_the_list_the_hours_home_and_the_desk_name_the_same_window_pace_and_day(session, student, me):
    study_lesson(student.id, "G1-M1-L1", NOON - timedelta(days=2), by=learner_of(student))
    study_lesson(student.id, "G1-M1-L4", NOON - timedelta(hours=2), by=learner_of(student))
    found = session.get_one(Enrolment, student.id)
    theirs = hours_forecast(session, found, totals_of(session.get_one(HoursBalance, found.id)), NOON)
    (row,) = followed(session, NOON, references=[found.learner.reference])
    assert row.following.forecast == theirs
    assert learner_file(session, found.learner.reference, NOON).forecast == theirs
    assert theirs.earliest is not None
    named = theirs.earliest.code
    session.rollback()
    assert all(named in text_of(me.get(page)) for page in ("/hours", "/home"))


def test_the_list_knows_what_the_days_limit_still_lets_count(session, student):
    """Ten minutes of room today, until an entry of today is taken back; as the learner's own pages say."""
    by, found, now = learner_of(student), session.get_one(Enrolment, student.id), NOON + timedelta(days=25)
    used = found.demands.most_minutes_a_day - 10
    credit(student.id, minutes(used, "session:today", ended_at=now - timedelta(hours=1)), by=by, now=now)
    entry = session.scalars(select(LedgerEntry.id).where(LedgerEntry.source_key == "session:today")).one()
    said, trainer = [], a_colleague(Role.TRAINER)
    for change in (lambda: None, lambda: reverse(student.id, entry, by=trainer, now=now, reason="开着页面人不在")):
        change()
        session.rollback()
        found = session.get_one(Enrolment, student.id)
        theirs = hours_forecast(session, found, totals_of(session.get_one(HoursBalance, found.id)), now)
        (row,) = followed(session, now, references=[found.learner.reference])
        assert row.following.forecast == theirs
        said.append((theirs.minutes_left, theirs.windows[0].minutes_a_day))
    (left, a_day), (left_again, a_day_again) = said
    days = (theirs.windows[0].last_day - local_day(now)).days + 1
    assert a_day == -(-(left - 10) // (days - 1)) > -(-left // days)
    assert a_day_again == -(-left_again // days)


def test_another_adviser_sees_only_their_own_unless_they_ask_for_all(app, sign_in, student):
    other = sign_in(a_person("banzhuren2", Role.ADVISER), app.test_client())
    assert "张伟" not in text_of(other.get("/staff/supervision"))
    assert "张伟" in text_of(other.get("/staff/supervision?whose=all"))


@pytest.mark.one_database
def test_others_of_the_house_are_refused(app, sign_in, student):
    trainer = sign_in(a_person("jiangshi", Role.TRAINER), app.test_client())
    pages = ["/staff/supervision", "/staff/supervision/contacts", PERSON, "/staff/supervision/nudges",
             f"{PERSON}/record"]  # fmt: skip
    assert {page: trainer.get(page).status_code for page in pages} == dict.fromkeys(pages, 403)


def test_the_list_takes_any_address(adviser):
    for typed in ("=1+1", "%", *BAD):
        for name in ("whose", "cohort", "risk"):
            answer = adviser.get("/staff/supervision", query_string={name: typed})
            assert answer.status_code in {200, 400}, (name, typed)
    assert adviser.get("/staff/supervision/L999999").status_code == 404
    assert adviser.get("/staff/supervision/L999999/record.pdf").status_code == 404


# Contacts.

def test_a_contact_is_noted_with_its_outcome_and_the_next_day(adviser, session):
    sent = {"channel": "phone", "outcome": "promised", "note": "周末学", "next_on": "2026-11-25"}
    assert press(adviser, PERSON, f"{PERSON}/contacts", **sent).status_code == 303
    done, planned = session.scalars(select(Contact).order_by(Contact.id)).all()
    assert (done.state, done.outcome, done.note) == ("done", "promised", "周末学")
    assert (planned.state, planned.due_at) == ("planned", NOON.replace(day=25, hour=1))
    session.rollback()
    assert "周末学" in text_of(adviser.get(PERSON))
    assert "张伟" in text_of(adviser.get("/staff/supervision/contacts"))
    page = press(adviser, PERSON, f"{planned.reference}/finish", outcome="reached")
    assert page.status_code == 303
    assert session.scalar(select(func.count(Contact.id)).where(Contact.state == "done")) == 2


def test_a_planned_contact_can_be_missed_and_tried_again(adviser, session):
    press(adviser, PERSON, f"{PERSON}/contacts", next_on="2026-11-25")
    reference = session.scalars(select(Contact.reference).where(Contact.state == "planned")).one()
    session.rollback()
    form = fields_of(form_on(adviser.get(PERSON), f"{reference}/finish"))
    missed = adviser.post(f"/staff/supervision/contacts/{reference}/miss", data=form | {"next_on": "2026-11-27"})
    assert missed.status_code == 303
    states = session.scalars(select(Contact.state).order_by(Contact.id)).all()
    assert list(states) == ["done", "missed", "planned"]


def test_what_is_no_contact_is_refused_and_nothing_is_noted(adviser, session):
    for typed, status in (
        ({"next_on": "2026-11-22"}, 409), ({"next_on": "2026-11-01"}, 409), ({"next_on": "tomorrow"}, 422),
        ({"outcome": "married"}, 422), ({"channel": "pigeon"}, 422), ({"note": "a\x00b"}, 422),
        ({"note": "x" * 5000}, 422),
    ):  # fmt: skip
        assert press(adviser, PERSON, f"{PERSON}/contacts", **typed).status_code == status, typed
        assert session.scalar(select(func.count(Contact.id))) == 0, typed
        session.rollback()


def test_a_stale_contact_form_is_a_409(adviser, session):
    press(adviser, PERSON, f"{PERSON}/contacts", next_on="2026-11-25")
    reference = session.scalars(select(Contact.reference).where(Contact.state == "planned")).one()
    session.rollback()
    form = fields_of(form_on(adviser.get(PERSON), f"{reference}/finish"))
    assert adviser.post(f"/staff/supervision/contacts/{reference}/finish", data=form).status_code == 303
    again = adviser.post(f"/staff/supervision/contacts/{reference}/finish", data=form | {"key": "another"})
    assert again.status_code == 409


# Nudges.

def preview(adviser, template="go_on", who=("L000001",)):
    return adviser.get("/staff/supervision/nudges", query_string={"who": list(who), "template": template})


def send(adviser, page, **changed):
    form = form_on(page, "/staff/supervision/nudges")
    return adviser.post("/staff/supervision/nudges", data=fields_of(form) | changed)


def test_a_nudge_is_read_before_it_is_sent_and_arrives_as_it_was_read(adviser, me, session, student):
    page = preview(adviser)
    assert "将发送 1 条消息" in text_of(page)
    assert send(adviser, page).status_code == 303
    message = session.scalars(select(Message)).one()
    shown = text_of(page)
    assert "张伟" in message.body
    assert message.subject in shown
    assert all(line in shown for line in message.body.split("\n") if line)
    assert session.scalars(select(AuditEntry.act).where(AuditEntry.act == "supervision.nudge")).all()


def test_nothing_is_sent_that_nobody_has_read(adviser, session):
    page = preview(adviser)
    assert send(adviser, page, seen="").status_code == 409
    assert send(adviser, page, seen="x" * 64).status_code == 409
    assert send(adviser, page, template="pace").status_code == 409  # the preview was of another text
    assert session.scalar(select(func.count(Nudge.id))) == 0


def test_who_was_nudged_lately_is_left_out_and_the_page_says_so(adviser, session):
    page = preview(adviser)
    send(adviser, page)
    again = preview(adviser, "pace")
    assert "最近两天内已催办过" in text_of(again)
    assert "将发送 0 条消息" in text_of(again)


def test_pressed_twice_it_is_sent_once(adviser, session):
    form = fields_of(form_on(preview(adviser), "/staff/supervision/nudges"))
    for _ in range(2):
        adviser.post("/staff/supervision/nudges", data=form)
    assert session.scalar(select(func.count(Nudge.id))) == 1


def test_nobody_chosen_and_strange_choices_lead_to_an_empty_preview(adviser, session):
    for who in ((), ("L999999",), ("x" * 300,), ("' OR 1=1",)):
        assert preview(adviser, who=who).status_code == 200
    assert preview(adviser, template="nonsense").status_code == 200
    assert adviser.post("/staff/supervision/nudges").status_code == 419


# The learner's side.

def test_a_learner_asks_for_a_call_once_and_the_adviser_is_told(me, adviser, session):
    assert "banzhuren" in text_of(me.get("/adviser"))
    assert press(me, "/adviser", "/adviser/call", wish="怎样申报学时").status_code == 303
    contact = session.scalars(select(Contact)).one()
    assert (contact.asked_by_learner, contact.adviser_id) == (True, the_adviser().id)
    assert session.scalars(select(Message.account_id)).one() == the_adviser().id
    session.rollback()
    assert "怎样申报学时" in text_of(adviser.get("/staff/supervision/contacts"))
    assert "/adviser/call" not in me.get("/adviser").get_data(as_text=True)


def test_a_call_without_a_reason_is_refused(me, session):
    for wish in ("", *BAD):
        assert press(me, "/adviser", "/adviser/call", wish=wish).status_code == 422, wish
        assert session.scalar(select(func.count(Contact.id))) == 0, wish
        session.rollback()


def test_reminders_are_switched_off_and_on_again(me, session):
    assert press(me, "/account/reminders", reminders=None, summary="y").status_code == 303
    choice = session.scalars(select(ReminderChoice)).one()
    assert (choice.reminders_off_at, choice.summary_off_at) == (NOON, None)
    session.rollback()
    assert press(me, "/account/reminders", reminders="y").status_code == 303
    session.expire_all()
    assert session.scalars(select(ReminderChoice.reminders_off_at)).one() is None


def test_the_record_shows_everything_that_was_done(me, adviser, student):
    study_lesson(student.id, "G1-M1-L4", NOON - timedelta(hours=2), by=learner_of(student))
    asked(student)
    for browser, address in ((me, "/study/record"), (adviser, f"{PERSON}/record")):
        page = text_of(browser.get(address))
        for part in ("G1-M1-L4", "提示词里的背景要写多长？", "尚未出具"):
            assert part in page


def test_the_record_as_pdf_is_a_document(me, adviser, student):
    study_lesson(student.id, "G1-M1-L4", NOON - timedelta(hours=2), by=learner_of(student))
    for browser, address in ((me, "/study/record.pdf"), (adviser, f"{PERSON}/record.pdf")):
        answer = browser.get(address)
        assert answer.status_code == 200
        assert answer.get_data().startswith(b"%PDF-")


def test_who_is_not_enrolled_has_no_record_and_no_adviser(app, sign_in):
    nobody = sign_in(a_person("nobody", Role.LEARNER), app.test_client())
    assert nobody.get("/study/record").status_code == 200
    assert nobody.get("/study/record.pdf").status_code == 404
    assert nobody.get("/adviser").status_code == 404  # an account without a learner


def test_every_page_opens_in_both_languages(me, adviser):
    press(adviser, PERSON, f"{PERSON}/contacts", next_on="2026-11-25")
    pages = {me: ["/adviser", "/account/reminders", "/study/record"],
             adviser: ["/staff/supervision", "/staff/supervision/contacts", PERSON, f"{PERSON}/record", "/staff"]}
    for language in ("zh", "en"):
        for browser, addresses in pages.items():
            browser.get(f"/language/{language}")
            for address in addresses:
                assert browser.get(address).status_code == 200, (language, address)
        assert preview(adviser).status_code == 200, language


def test_the_list_asks_the_same_for_one_learner_and_for_many(adviser, student):
    def statements(address):
        noted = []

        def note(connection, cursor, statement, *rest):
            noted.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        assert adviser.get(address).status_code == 200
        event.remove(db.engine, "before_cursor_execute", note)
        return len([one for one in noted if one.startswith(("SELECT", "WITH"))])

    pages = ("/staff/supervision", "/staff/supervision/contacts", PERSON)
    few = [statements(address) for address in pages]
    for number in range(2, 7):
        a_followed(f"many{number}", f"L00000{number}")
    assert [statements(address) for address in pages] == few
    assert max(few) <= 15
