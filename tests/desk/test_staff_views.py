"""The staff front page, learners' files and the audit log, as staff and others see them."""

from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, update

from enroll.accounts.models import Account
from enroll.accounts.permissions import Permission, Role
from enroll.applications.models import Application
from enroll.certificates.models import Certificate
from enroll.courses.models.works import PracticeWork
from enroll.desk.queries.waiting import counts, due_first, rail_counts
from enroll.desk.staff_views.desk import _address_of
from enroll.fees.models import Fee, Refund
from enroll.hours.models import HoursDoubt
from enroll.learners.models import IdentityCheck, Learner
from enroll.learners.queries.people import number_key
from enroll.learners.rules.numbers import IdType
from enroll.results.models import Result, ScoreReview
from enroll.sittings.models import Booking, Sitting
from enroll.storage.database import db, transaction
from tests.builders.accounts import an_account
from tests.builders.study import a_student
from tests.builders.whole_file import a_whole_file
from tests.conftest import NOON
from tests.pages import soup, text_of

PAGES = ("/staff", "/staff/learners", "/staff/audit")
NUMBER = "11010119900312101X"


@pytest.mark.one_database
def test_who_is_not_signed_in_is_sent_there_and_a_learner_is_refused(app, client, sign_in):
    assert {address: client.get(address).status_code for address in PAGES} == dict.fromkeys(PAGES, 303)
    learner = sign_in(an_account("zhangwei", Role.LEARNER))
    assert {address: learner.get(address).status_code for address in PAGES} == dict.fromkeys(PAGES, 403)


def test_the_front_page_is_calm_without_cases(app, sign_in):
    page = sign_in(an_account("shenhe1", Role.REVIEWER)).get("/staff")
    assert page.status_code == 200


def test_every_page_opens_in_both_languages_with_a_whole_file(app, sign_in):
    a_whole_file()
    staff = an_account("all", *[role for role in Role if role != Role.LEARNER])
    with transaction() as session:
        a_waiting = session.get_one(Learner, 1)
        reference = a_waiting.reference.upper()
        a_waiting.reference = reference
    client = sign_in(staff)
    for language in ("zh", "en"):
        with transaction() as session:
            session.get_one(Account, staff.id).language = language
        for address in (*PAGES, f"/staff/learners/{reference}"):
            page = client.get(address)
            assert page.status_code == 200, (language, address)
            assert text_of(page), (language, address)
        assert "张伟" in text_of(client.get(f"/staff/learners/{reference}")), language
    assert client.get("/staff/learners/L-NOBODY").status_code == 404


def test_a_learner_is_found_by_what_staff_have_in_hand(app, sign_in):
    student = a_student("zhangwei")
    with transaction() as session:
        learner = session.get_one(Learner, student.learner_id)
        learner.reference, learner.id_number_key = "L-ZHANGWEI", number_key(IdType.RESIDENT_ID, NUMBER)
    desk = sign_in(an_account("shenhe1", Role.REVIEWER))
    for typed in ("张伟", "l-zhangwei", NUMBER, NUMBER.lower(), "110101 19900312 101x", "ZhangWei@example.org",
                  "zhangwei"):  # fmt: skip
        assert "张伟" in text_of(desk.get("/staff/learners", query_string={"q": typed})), typed


def test_wild_cards_single_characters_and_parts_of_numbers_find_nobody(app, sign_in):
    a_student("zhangwei")
    desk = sign_in(an_account("shenhe1", Role.REVIEWER))
    for typed in ("%", "_", "张", "李", "110101", "\\"):
        assert "张伟" not in text_of(desk.get("/staff/learners", query_string={"q": typed})), typed


def test_the_audit_log_is_narrowed_and_paged(app, sign_in):
    a_whole_file()
    client = sign_in(an_account("shenji", Role.AUDITOR))
    one_record = text_of(client.get("/staff/audit?subject=a2701-0001"))
    assert "A2701-0001" in one_record
    assert "C2701-0001" not in one_record
    assert "F000001" not in text_of(client.get("/staff/audit?act=certificate.record"))
    assert client.get("/staff/audit?after=3").status_code == 200
    assert client.get("/staff/audit?after=abc").status_code == 400


def test_the_rail_costs_one_statement_and_counts_only_ones_own_queues(app):
    a_whole_file()
    actor = an_account("shenhe1", Role.REVIEWER).actor_at(NOON)
    statements = []

    def heard(*arguments):
        statements.append(arguments[2])

    event.listen(db.engine, "before_cursor_execute", heard)
    rail_counts(db.session(), actor, NOON)
    event.remove(db.engine, "before_cursor_execute", heard)
    assert len(statements) == 1
    assert Permission.MANAGE_FEES not in actor.permissions
    assert "fees" not in counts(db.session(), actor, NOON)


WORDS_OF_A_CASE = {"identities": "/staff/identities/", "hours": "/staff/hours/doubts/",
                   "practical": "/staff/practical/",
                   "applications": "/staff/applications/", "fees": "/staff/fees/", "refunds": "/staff/fees/refunds#",
                   "admission": "/staff/admission/", "results": "/staff/results/sittings/",
                   "results_check": "/staff/results/sittings/", "score_reviews": "/staff/score-reviews/",
                   "certificates": "/staff/certificates/", "exchange": "/staff/certificates/"}  # fmt: skip

STATES_THAT_WAIT = [(IdentityCheck, "submitted"), (Application, "submitted"), (Fee, "due"), (Refund, "requested"),
                    (Result, "pending"), (ScoreReview, "open"), (Certificate, "eligible"), (PracticeWork, "handed_in"),
                    (HoursDoubt, "open"), (Booking, "ticketed")]  # fmt: skip


def test_what_is_due_first_leads_to_the_case_itself(app, clock, sign_in):
    whole = a_whole_file()
    everything = an_account("all", *[role for role in Role if role != Role.LEARNER])
    with transaction() as session:
        for model, state in STATES_THAT_WAIT:
            session.execute(update(model).values(state=state, **({"mark": None} if model is Result else {})))
    first, last = db.session.execute(select(func.min(Sitting.ends_at), func.max(Sitting.ends_at))).one()
    before = due_first(db.session(), everything.actor_at(NOON), first - timedelta(minutes=1))
    assert "admission" not in {one.key for one in before}, "nobody records who came before the exam is over"
    waiting = due_first(db.session(), everything.actor_at(NOON), last)
    assert {one.key for one in waiting} >= set(WORDS_OF_A_CASE) - {"results_check", "exchange"}
    clock.set(last)
    browser = sign_in(everything)
    with app.test_request_context():
        addresses = {(one.key, one.reference): _address_of(one) for one in waiting}
    links = {link["href"] for link in soup(browser.get("/staff")).select("main table a")}
    for (key, _), address in addresses.items():
        assert address.startswith(WORDS_OF_A_CASE[key]), key
        assert address != WORDS_OF_A_CASE[key].rstrip("#/")
        assert app.url_map.bind("localhost").match(address.partition("#")[0])
    assert links <= set(addresses.values())
    assert f"/staff/applications/{whole.application}" in set(addresses.values())
