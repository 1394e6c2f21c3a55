"""Among colleagues: notes, second opinions, spot checks. The learner notices none of it."""

import pytest
from sqlalchemy import select

from enroll.accounts.models import Account
from enroll.accounts.permissions import Role
from enroll.applications.models import CaseNote, SecondOpinion, SpotCheck
from enroll.applications.queries.review_soundness import unsound_review
from enroll.applications.rules.colleagues import Advice, is_drawn, lot_of
from enroll.applications.services.colleagues import add_note, answer_opinion, ask_opinion, withdraw_opinion
from enroll.applications.services.leaving import withdraw
from enroll.applications.services.reviewing import approve, return_for_correction
from enroll.applications.services.sampling import draw_spot_check, look_again
from enroll.audit.models import AuditEntry
from enroll.foundation.problems import Refused
from enroll.notifications.models import Message
from enroll.programmes.models import Programme, ProgrammeRule
from enroll.storage import outbox
from enroll.storage.database import db, transaction
from tests.applications.test_reviewing import BOTH, PHOTO, refused_codes
from tests.builders.accounts import an_account
from tests.builders.applicants import a_lead, a_reviewer, a_submitted, an_applicant, an_approved, both_sittings, the
from tests.builders.study import BEFORE, account_of, learner_of
from tests.conftest import NOON
from tests.pages import press, text_of

DESK = "/staff/applications"


def set_rule(key, value):
    with transaction() as session:
        session.add(ProgrammeRule(programme_id=session.scalars(select(Programme.id)).first(), key=key, value=value,
                                  from_on=BEFORE.date(), official=False, source="test"))


def messages():
    """What happened that the learner may hear of: a colleague's word is told to colleagues alone."""
    heard = select(outbox.OutboxEntry).where(~outbox.OutboxEntry.event.contains("OpinionMoved"))
    return len(db.session.scalars(heard).all())


def test_the_lot_follows_from_the_digest_and_nothing_else():
    digest = "0000270f" + "a" * 56  # 9999
    assert lot_of(digest) == 9999
    assert [is_drawn(digest, percent) for percent in (0, 99, 100)] == [False, False, True]
    assert not is_drawn("00000000" + "f" * 56, 0), "nothing is drawn where the house draws nothing"
    shares = sum(is_drawn(f"{number * 429_497:08x}" + "0" * 56, 20) for number in range(10_000)) / 10_000
    assert 0.19 < shares < 0.21


def test_a_decision_waits_for_the_opinion_that_was_asked_for_or_for_a_lead_and_the_learner_sees_nothing(app):
    both_sittings()
    reference, learner = a_submitted(an_applicant()), an_applicant("other")
    asker, colleague, third, lead = a_reviewer("first"), a_reviewer("second"), a_reviewer("third"), a_lead()
    before = messages()
    named = db.session.get(Account, colleague.account_id)
    assert refused_codes(ask_opinion, reference, " ", by=asker, now=NOON) == {"question_missing"}
    asked_not = {"of": account_of(learner), "by": asker, "now": NOON}
    assert refused_codes(ask_opinion, reference, "同一人？", **asked_not) == {"cannot_be_asked"}
    opinion = ask_opinion(reference, "照片与证件是同一人吗？", of=named, by=asker, now=NOON)
    assert told_of_opinions() == [("second", "请您给出会商意见")]
    assert refused_codes(ask_opinion, reference, "再问", by=third, now=NOON) == {"opinion_open"}
    assert refused_codes(approve, reference, verified=BOTH, by=asker, now=NOON) == {"opinion_wanted"}
    assert refused_codes(return_for_correction, reference, [PHOTO], by=third, now=NOON) == {"opinion_wanted"}
    said = (opinion, Advice.APPROVE, "耳部与脸型一致")
    assert refused_codes(answer_opinion, *said, by=asker, now=NOON) == {"asked_yourself", "asked_of_another"}
    assert refused_codes(answer_opinion, *said, by=third, now=NOON) == {"asked_of_another"}
    assert refused_codes(withdraw_opinion, opinion, by=third, now=NOON) == {"not_the_asker"}
    assert refused_codes(answer_opinion, opinion, Advice.APPROVE, " ", by=colleague, now=NOON) == {"reason_missing"}
    assert the(reference).opinions_open == 1, "a refusal changes nothing"
    answer_opinion(*said, by=colleague, now=NOON)
    assert refused_codes(answer_opinion, *said, by=colleague, now=NOON) == {"wrong_state"}
    add_note(reference, "已电话核对", by=colleague, now=NOON)
    assert (the(reference).opinions_open, the(reference).notes_kept, messages()) == (0, 1, before)
    ask_opinion(reference, "再看一次", by=asker, now=NOON)
    assert list(unsound_review(db.session())) == []
    approve(reference, verified=BOTH, by=lead, now=NOON)
    assert the(reference).opinions_open == 0, "nobody is asked any more"
    with pytest.raises(Refused):
        ask_opinion(reference, "晚了", by=asker, now=NOON)


def test_where_the_programme_says_so_the_decision_goes_on_without_the_opinion(app):
    both_sittings()
    reference = a_submitted(an_applicant())
    set_rule("second_opinion_holds", False)
    ask_opinion(reference, "怎么看？", by=a_reviewer("first"), now=NOON)
    approve(reference, verified=BOTH, by=a_reviewer("second"), now=NOON)
    assert the(reference).state == "approved"
    enrolment = an_applicant("two")
    other = a_submitted(enrolment)
    ask_opinion(other, "怎么看？", by=a_reviewer("third"), now=NOON)
    withdraw(other, by=learner_of(enrolment), now=NOON)
    assert db.session.scalars(select(SecondOpinion.state)).all() == ["withdrawn"] * 2
    assert list(unsound_review(db.session())) == []


def test_an_approval_is_drawn_by_its_row_in_the_audit_looked_at_by_another_and_settled_by_a_lead(app):
    both_sittings()
    reviewer, other, lead = a_reviewer("first"), a_reviewer("second"), a_lead()
    first = an_approved(an_applicant("one"), by=reviewer)
    outbox.deliver(NOON)
    assert db.session.scalars(select(SpotCheck)).all() == [], "no percentage is stated: nothing is drawn"
    set_rule("spot_check_percent", 100)
    second = an_approved(an_applicant("two"), by=reviewer)
    outbox.deliver(NOON)
    said = messages()
    assert draw_spot_check(second, now=NOON) == "", "once"
    check = db.session.scalars(select(SpotCheck)).one()
    row = db.session.get(AuditEntry, check.audit_seq)
    assert (row.subject, row.act, row.digest) == (second, "application.approve", check.audit_digest)
    late = draw_spot_check(first, now=NOON)  # by the rule of its day, which now says 100
    number = check.reference
    assert refused_codes(look_again, number, "agree", by=reviewer, now=NOON) == {"own_decision"}
    assert refused_codes(look_again, number, "disagree", by=other, now=NOON) == {"reason_missing"}
    look_again(number, "disagree", words="照片不是本人", by=other, now=NOON)
    assert refused_codes(look_again, number, "settle", words="看过", by=other, now=NOON) == {"not_permitted"}
    look_again(number, "reopen", words="重新核对", by=lead, now=NOON)
    assert the(second).state == "submitted"
    look_again(late, "agree", by=other, now=NOON)
    assert messages() == said, "neither a label nor a message of the learner changed"
    assert list(unsound_review(db.session())) == []
    states = dict(db.session.execute(select(SpotCheck.reference, SpotCheck.state)).all())
    assert states == {number: "reopened", late: "upheld"}


def told_of_opinions():
    outbox.deliver(NOON)
    rows = db.session.execute(select(Account.username, Message.subject).join(
        Account, Account.id == Message.account_id).where(Message.link.contains("/staff/applications/"))).all()
    db.session.rollback()
    return [(username, subject.split("：")[0]) for username, subject in rows]


def test_colleagues_ask_answer_and_note_on_their_page_and_look_again_on_theirs(app, sign_in):
    both_sittings()
    set_rule("spot_check_percent", 100)
    enrolment = an_applicant()
    reference, approved = a_submitted(enrolment), an_approved(an_applicant("two"), by=a_reviewer("first"))
    outbox.deliver(NOON)
    first = sign_in(an_account("shenhe1", Role.REVIEWER))
    second = sign_in(an_account("shenhe2", Role.REVIEWER), app.test_client())
    page = f"{DESK}/{reference}/colleagues"
    assert press(first, page, "opinions", question="").status_code == 422
    assert press(first, page, "opinions", question="是否本人？").status_code == 303
    assert press(first, page, f"{reference}/notes", words="等主管意见").status_code == 303
    assert "正在征询会商意见" in text_of(first.get(f"{DESK}/{reference}"))
    opinions = text_of(second.get(f"{DESK}/opinions"))
    assert "是否本人？" in opinions
    assert reference in text_of(second.get(f"{DESK}?found=opinion"))
    assert press(second, page, "answer", advice="return", reason="").status_code == 422
    assert press(second, page, "answer", advice="return", reason="照片过旧").status_code == 303
    assert told_of_opinions() == [("shenhe1", "会商意见已给出")], "a question to everybody stands in their queue"
    shown = text_of(first.get(page, headers={"Accept-Language": "en"}))
    for seen in ("I would return it", "照片过旧", "等主管意见", "Internal"):
        assert seen in shown
    db.session.rollback()
    assert db.session.scalars(select(CaseNote.words)).all() == ["等主管意见"]
    assert db.session.scalar(select(SecondOpinion.advice)) == "return"
    number = db.session.scalar(select(SpotCheck.reference))
    check = f"{DESK}/spot-checks/{number}"
    assert approved in text_of(second.get(f"{DESK}/spot-checks"))
    assert "前八位" in text_of(second.get(check))
    assert press(second, check, "disagree", reason="").status_code == 422
    assert press(second, check, "disagree", reason="证件已过期").status_code == 303
    lead = sign_in(an_account("zhuguan", Role.REVIEW_LEAD), app.test_client())
    assert number in text_of(lead.get(f"{DESK}/spot-checks?tab=doubted"))
    assert press(lead, check, "settle", reason="有效期内提交").status_code == 303
    assert number in text_of(lead.get(f"{DESK}/spot-checks?tab=done"))
    learner = sign_in(account_of(enrolment), app.test_client())
    assert learner.get(page).status_code == 403
    own = text_of(learner.get(f"/applications/{reference}"))
    assert "等主管意见" not in own
    assert "会商" not in own
    assert second.get(f"{DESK}/spot-checks/S999999").status_code == 404
