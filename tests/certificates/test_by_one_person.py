"""A small office's exception: one person does both duties, with a reason, marked wherever the record is shown."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from enroll.accounts.permissions import Role
from enroll.accounts.services.roles import end_role, grant_roles
from enroll.audit.models import AuditEntry, OnePersonAct
from enroll.certificates.queries.soundness import unsound_certificates
from enroll.certificates.services import cases
from enroll.foundation.problems import Refused
from enroll.results.queries.soundness import unsound_results
from enroll.results.rules.rows import TypedMark
from enroll.results.rules.verdicts import Entered
from enroll.results.services.checking import check_marks
from enroll.storage.database import db, transaction
from tests.builders.accounts import an_account
from tests.builders.award import MARKING, House, a_candidate, acting, an_exam, enter, opened, result_of, sitting_code
from tests.builders.certificates import REVIEWING, a_passer, case_of
from tests.pages import fields_of, press, soup, text_of

WHY = "本周只有一名发证审核员在岗"


@pytest.fixture
def boss(app):
    return an_account("boss", Role.ADMINISTRATOR)


def the_actor(account):
    db.session.rollback()
    db.session.refresh(account)
    actor = account.actor_at(REVIEWING)
    db.session.rollback()
    return actor


def keyed(browser, page, reference, **more):
    forms = soup(browser.get(page)).find_all("form")
    form = next(one for one in forms if one.find("input", {"name": f"mark-{reference}"}))
    return browser.post(page, data=fields_of(form) | {f"mark-{reference}": "80"} | more)


def test_both_approvals_by_one_person_are_refused_then_allowed_with_a_reason_and_marked(
    session, app, boss, sign_in, clock,
):
    house = House()
    ana = a_passer(an_exam("202611"), house, "A1")
    clock.set(REVIEWING)
    reference, one = case_of(ana).reference, an_account("solo", Role.ISSUANCE_REVIEWER, Role.REVIEW_LEAD)
    session.rollback()
    cases.approve_first(reference, by=the_actor(one), now=REVIEWING)
    with pytest.raises(Refused) as no:
        cases.approve_second(reference, by=the_actor(one), now=REVIEWING, reason=WHY)
    assert no.value.codes == {"same_reviewer"}, "off for whoever was not given the exception"
    with pytest.raises(IntegrityError), transaction() as writing:
        writing.execute(text("UPDATE certificate SET second_by_id = first_by_id"))

    grant_roles(one.reference, frozenset({Role.SINGLE_OPERATOR}), by=the_actor(boss), now=REVIEWING)
    browser, page = sign_in(one), f"/staff/certificates/{reference}"
    assert "由一人办理" in text_of(browser.get(page))
    empty = press(browser, page, f"{page}/approve_second")
    assert empty.status_code == 409
    assert "为什么没有其他人" in text_of(empty)
    assert press(browser, page, f"{page}/approve_second", reason=WHY).status_code == 303

    act = session.scalars(select(OnePersonAct)).one()
    assert (act.subject, act.act, act.codes, act.reason, act.learner_id) == (
        reference, "certificate.approve_second", ["same_reviewer"], WHY, ana.id)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "certificate.approve_second")).one()
    assert entry.details["by_one_person"] == ["same_reviewer"]
    assert list(unsound_certificates(session)) == []
    assert f"由一人办理，原因：{WHY}" in text_of(browser.get(page))
    assert f"由一人办理，原因：{WHY}" in text_of(browser.get(f"/staff/learners/{ana.reference}"))
    browser.get("/language/en")
    assert f"by one person, because: {WHY}" in text_of(browser.get(page))
    assert "1 act in the last twelve months was done by one person" in text_of(browser.get("/staff"))
    assert WHY in text_of(browser.get("/staff/one-person"))

    with transaction() as writing:  # the mark without the act on record is a planted fault
        writing.execute(text("UPDATE certificate SET by_one_person = 'x', first_by_id = :who, second_by_id = :who"),
                        {"who": boss.id})
    assert any("two people" in one for one in unsound_certificates(session))


def test_one_who_keyed_the_mark_keys_it_again_only_with_the_exception_and_not_after_it_ended(
    session, boss, sign_in, clock,
):
    window, both = an_exam("202611"), an_account("both", Role.RESULT_MAKER, Role.RESULT_CHECKER)
    house = House()
    ana = a_candidate("ana", window)
    clock.set(MARKING)
    opened(window, by=acting(house.maker))
    enter(ana, window, "theory", 80, by=acting(both))
    reference, code = result_of(ana, window, "theory").reference, sitting_code(window, "theory")
    session.rollback()
    typed = [TypedMark(reference, Entered(800))]
    assert [one.outcome for one in check_marks(code, typed, by=the_actor(both), now=MARKING, reason=WHY)] == ["refused"]
    grant_roles(both.reference, frozenset({Role.SINGLE_OPERATOR}), by=the_actor(boss), now=MARKING)
    browser, page = sign_in(both), f"/staff/results/sittings/{code}/check"
    unsaid = keyed(browser, page, reference)
    assert unsaid.status_code == 422
    assert 'aria-invalid="true"' in unsaid.get_data(as_text=True)
    assert keyed(browser, page, reference, reason=WHY).status_code == 303
    assert session.scalars(select(OnePersonAct.codes)).one() == ["checker_is_maker"]
    assert list(unsound_results(session)) == []
    assert WHY in text_of(browser.get(f"/staff/results/{reference}"))
    end_role(both.reference, Role.SINGLE_OPERATOR, by=the_actor(boss), now=MARKING)
    assert not the_actor(both).may("office:alone")


def test_nobody_decides_about_their_own_record_whatever_they_may(session, boss):
    house = House()
    ana = a_passer(an_exam("202611"), house)
    reference, own = case_of(ana).reference, ana.account
    grant_roles(own.reference, frozenset({Role.ISSUANCE_REVIEWER, Role.SINGLE_OPERATOR}), by=the_actor(boss),
                now=REVIEWING)
    with pytest.raises(Refused) as no:
        cases.approve_first(reference, by=the_actor(own), now=REVIEWING, reason=WHY)
    assert "own_record" in no.value.codes
