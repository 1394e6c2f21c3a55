"""Exceptions to rules of entry: a lead proposes, a second person decides, and the hours are never among them."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from enroll.accounts.models import Account
from enroll.accounts.permissions import Role
from enroll.applications.queries.review_soundness import unsound_review
from enroll.applications.rules.excepting import with_exceptions
from enroll.applications.services.excepting import decide_exception, propose_exception
from enroll.applications.services.submitting import submit
from enroll.enrolments.models import RuleException
from enroll.enrolments.rules import Exceptable
from enroll.foundation.words import say
from enroll.learners.models import Learner
from enroll.notifications.models import Message
from enroll.programmes.rules.eligibility import Answer, RuleAnswer
from enroll.storage import outbox
from enroll.storage.database import again_if_crowded, db, transaction
from tests.applications.test_colleagues import set_rule
from tests.applications.test_reviewing import refused_codes
from tests.at_once import at_once
from tests.builders.accounts import an_account
from tests.builders.applicants import TICKED, a_draft, a_lead, a_reviewer, an_applicant, both_sittings, the
from tests.builders.study import account_of, learner_of
from tests.conftest import NOON
from tests.pages import press, soup, text_of

DESK = "/staff/applications/exceptions"


def number_of(enrolment):
    return db.session.get_one(Learner, enrolment.learner_id).reference


def test_only_what_may_be_excepted_and_is_known_not_to_be_met_is_lifted():
    def answers(code, answer):
        return with_exceptions([RuleAnswer(code, answer, say("rule"), say("fact"))], {code})[0].answer

    assert answers("education", Answer.NOT_MET) is Answer.MET
    assert answers("age", Answer.NOT_MET) is Answer.MET
    assert answers("education", Answer.UNKNOWN) is Answer.UNKNOWN, "nobody is excepted from saying how it is"
    for code in ("hours", "practice", "directions", "identity", "photo", "consents", "guardian"):
        assert answers(code, Answer.NOT_MET) is Answer.NOT_MET, code


def test_an_exception_takes_a_lead_and_a_second_person_and_opens_the_way_for_this_window_alone(app):
    both_sittings()
    enrolment = an_applicant(education="senior_high")
    set_rule("min_education", "junior_college")
    short = an_applicant("short", minutes=900, education="senior_high")
    lead, reviewer = a_lead(), a_reviewer()
    number, reference, of_short = number_of(enrolment), a_draft(enrolment), a_draft(short)
    assert "education_not_met" in refused_codes(submit, reference, TICKED, by=learner_of(enrolment), now=NOON)

    asked = (number, "202701", Exceptable.EDUCATION, "十年从业经验，附单位证明")
    assert refused_codes(propose_exception, *asked, by=reviewer, now=NOON) == {"not_permitted"}
    assert refused_codes(propose_exception, "L999999", "209901", Exceptable.AGE, " ", by=lead, now=NOON) == {
        "learner_unknown", "window_unknown", "reason_missing"}
    proposal = propose_exception(*asked, by=lead, now=NOON)
    assert refused_codes(propose_exception, *asked, by=lead, now=NOON) == {"exception_stands"}
    both = an_account("both", Role.REVIEW_LEAD, Role.REVIEWER).actor_at(NOON)
    own = propose_exception(number_of(short), "202701", Exceptable.EDUCATION, "同上", by=both, now=NOON)
    assert "own_proposal" in refused_codes(decide_exception, own, "grant", reason="x", by=both, now=NOON)
    assert "education_not_met" in refused_codes(submit, reference, TICKED, by=learner_of(enrolment), now=NOON), (
        "a proposal lifts nothing")
    assert refused_codes(decide_exception, proposal, "grant", by=reviewer, now=NOON) == {"reason_missing"}
    decide_exception(proposal, "grant", reason="证明属实", by=reviewer, now=NOON)
    outbox.deliver(NOON, slow=False)
    told = [one.subject + one.body for one in db.session.scalars(select(Message)) if "例外" in one.subject]
    assert [("学历要求" in one, "证明属实" in one) for one in told] == [(True, False)], "told, without why"
    db.session.rollback()
    assert "wrong_state" in refused_codes(decide_exception, proposal, "refuse", reason="x", by=reviewer, now=NOON)
    submit(reference, TICKED, by=learner_of(enrolment), now=NOON)
    assert the(reference).state == "submitted"

    decide_exception(own, "grant", reason="证明属实", by=reviewer, now=NOON)
    codes = refused_codes(submit, of_short, TICKED, by=learner_of(short), now=NOON)
    assert "hours_not_met" in codes, "the hours are never excepted"
    assert "education_not_met" not in codes

    assert list(unsound_review(db.session())) == []
    db.session.rollback()
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text("UPDATE rule_exception SET decided_by_id = proposed_by_id"))
    db.session.rollback()
    with transaction() as session:
        session.execute(text("UPDATE rule_exception SET decided_by_id = (SELECT account_id FROM learner WHERE id = "
                             "rule_exception.learner_id)"))
    assert len(list(unsound_review(db.session()))) == 2


def test_two_leads_who_propose_the_same_at_once_make_one_proposal(app):
    both_sittings()
    number = number_of(an_applicant(education="senior_high"))
    leads = [a_lead(f"lead{place}") for place in range(4)]
    db.session.rollback()
    answers = at_once(app, *[lambda by=by: again_if_crowded(lambda: propose_exception(
        number, "202701", Exceptable.EDUCATION, "同一理由", by=by, now=NOON)) for by in leads])
    assert sum(isinstance(one, str) for one in answers) == 1, answers
    assert db.session.query(RuleException).count() == 1


def test_the_pages_lead_from_the_proposal_to_the_case(app, sign_in):
    both_sittings()
    enrolment = an_applicant(education="senior_high")
    set_rule("min_education", "junior_college")
    number, reference = number_of(enrolment), a_draft(enrolment)
    lead = sign_in(an_account("zhuguan", Role.REVIEW_LEAD), app.test_client())
    second = sign_in(an_account("shenhe2", Role.REVIEWER), app.test_client())
    assert "没有例外" in text_of(lead.get(DESK))
    new = f"{DESK}/new?learner={number}&window=202701"
    empty = press(lead, new, f"{DESK}/new", rule="education", reason="")
    assert empty.status_code == 422
    unknown = press(lead, new, f"{DESK}/new", learner="L99", rule="education", reason="十年经验")
    assert unknown.status_code == 422
    assert "没有此编号的学员" in text_of(unknown)
    assert "十年经验" in unknown.text, "nothing typed is lost"
    sent = press(lead, new, f"{DESK}/new", rule="education", reason="十年经验")
    assert sent.status_code == 303, text_of(sent)
    address = sent.location
    assert not [form for form in soup(lead.get(address)).find_all("form") if "/decide" in form.get("action", "")]

    waiting = second.get(DESK)
    notice = soup(waiting).find(id="exceptions-notice").get_text()
    assert "张*" in notice
    assert "前" in notice, "masked, and by when"
    assert "待决定的例外" in text_of(second.get("/staff")), "and it stands among what waits"
    assert press(second, address, f"{address}/decide", decision="grant", reason="").status_code == 409
    assert press(second, address, f"{address}/decide", decision="grant", reason="属实").status_code == 303
    assert "属实" in text_of(second.get(address))
    assert "没有例外" in text_of(second.get(DESK))
    assert db.session.scalars(select(RuleException.state)).one() == "granted"
    db.session.rollback()
    submit(reference, TICKED, by=learner_of(enrolment), now=NOON)
    assert "本考期已获准例外" in text_of(second.get(f"/staff/applications/{reference}"))

    again = press(lead, new, f"{DESK}/new", rule="age", reason="x").location
    assert press(lead, again, f"{again}/withdraw").status_code == 303
    assert "提议已撤回" in text_of(lead.get(again))
    auditor = sign_in(an_account("shenji", Role.AUDITOR), app.test_client())
    assert "属实" in text_of(auditor.get(address)), "who reads all reads this"
    assert not soup(auditor.get(address)).select("main form")
    learner = sign_in(db.session.get_one(Account, account_of(enrolment).id), app.test_client())
    assert learner.get(address).status_code == 403
