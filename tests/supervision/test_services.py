"""Questions, contacts, nudges: each act with all of its consequences, or refused with every reason."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from enroll.accounts.models import RoleGrant
from enroll.accounts.permissions import Role
from enroll.audit.models import AuditEntry
from enroll.desk.queries.soundness import histories, nobody_decides_about_themselves
from enroll.foundation.problems import NotFound, Refused, Stale
from enroll.learners.models import Learner
from enroll.notifications.models import Message
from enroll.storage import outbox
from enroll.storage.database import transaction
from enroll.supervision.models import Contact, LearnerQuestion, LearnerQuestionMove, Nudge, PublicAnswer
from enroll.supervision.queries.asking import similar_answers, unsound_questions
from enroll.supervision.queries.sending import unsound_supervision
from enroll.supervision.rules.asking import MOST_WAITING
from enroll.supervision.rules.following import Channel, Outcome
from enroll.supervision.services import asking, following
from enroll.supervision.services.sending import Letter, send_nudges
from tests.builders.following import TITLE, a_followed, a_public_answer, a_trainer, asked, of, the_adviser, the_question
from tests.builders.study import a_person, account_of, learner_of
from tests.builders.whole_file import give_histories
from tests.conftest import NOON

LATER = NOON + timedelta(hours=3)


@pytest.fixture
def trainer(session):
    return a_trainer()


@pytest.fixture
def student(trainer):
    return a_followed()


def codes(act):
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.codes


def told(session):
    outbox.deliver(LATER, slow=False)
    return session.scalars(select(Message).order_by(Message.id)).all()


# Who answers.

def test_a_question_about_study_goes_to_the_trainer_with_the_fewest_waiting(session, student, trainer):
    second = a_trainer("jiangshi2")
    owners = [the_question(asked(student, title=f"第{number}个")).owner_id for number in range(4)]
    assert owners == [trainer.id, second.id, trainer.id, second.id]


def test_any_other_question_goes_to_the_learner_s_own_adviser(session, student):
    a_person("banzhuren2", Role.ADVISER)
    assert the_question(asked(student, kind="service")).owner_id == the_adviser().id


def test_a_trainer_who_learns_is_not_asked_to_answer_themselves(session, student, trainer):
    second = a_trainer("jiangshi2")
    with transaction() as writing:
        account = account_of(student)
        writing.add(RoleGrant(account_id=account.id, role="trainer", from_at=NOON - timedelta(days=1)))
    assert the_question(asked(student)).owner_id == trainer.id
    assert the_question(asked(student)).owner_id == second.id
    reference = asked(student)
    me = account_of(student).actor_at(NOON)
    assert codes(lambda: asking.answer_question(reference, "我自己答", by=me, now=NOON)) == {"own_record"}


def test_where_nobody_teaches_the_question_stands_in_the_queue_of_all(session):
    student = a_followed()
    assert the_question(asked(student)).owner_id is None


# The way of a question.

def test_whoever_must_act_next_is_told(session, student, trainer):
    reference = asked(student)
    assert [one.account_id for one in told(session)] == [trainer.id]
    asking.answer_question(reference, "写清目的。", by=of(trainer), now=LATER)
    assert [one.account_id for one in told(session)] == [trainer.id, account_of(student).id]
    asking.reopen_question(reference, "还是不明白", by=learner_of(student), now=LATER)
    asking.conclude_question(reference, "请看教材第 3 节", by=of(trainer), now=LATER)
    asking.reopen_question(reference, "看过了", by=learner_of(student), now=LATER)
    asking.close_question(reference, by=learner_of(student), now=LATER)
    readers = [one.account_id for one in told(session)][2:]
    assert readers == [trainer.id, account_of(student).id, trainer.id]  # one's own closing tells nobody


def test_the_times_of_a_question_are_kept(session, student, trainer):
    reference = asked(student)
    asking.answer_question(reference, "好。", by=of(trainer), now=LATER)
    question = the_question(reference)
    assert (question.waiting_since, question.answered_at) == (None, LATER)
    asking.reopen_question(reference, "再问", by=learner_of(student), now=LATER + timedelta(hours=1))
    asking.answer_question(reference, "再答。", by=of(trainer), now=LATER + timedelta(hours=2))
    question = the_question(reference)
    assert question.answered_at == LATER  # the first answer stays the first
    moves = session.scalars(select(LearnerQuestionMove.move).order_by(LearnerQuestionMove.id)).all()
    assert list(moves) == ["begin", "answer", "reopen", "answer"]


def test_what_is_not_possible_now_is_refused(session, student, trainer):
    reference, me = asked(student), learner_of(student)
    assert codes(lambda: asking.rate_answer(reference, 5, by=me, now=NOON)) == {"not_answered"}
    assert codes(lambda: asking.reopen_question(reference, "x", by=me, now=NOON)) == {"wrong_state"}
    assert codes(lambda: asking.answer_question(reference, "x", by=me, now=NOON)) == {"not_permitted"}
    assert codes(lambda: asking.conclude_question(reference, " ", by=of(trainer), now=NOON)) == {"reason_missing"}
    asking.close_question(reference, by=me, now=NOON)
    assert codes(lambda: asking.add_to_question(reference, "x", by=me, now=NOON)) == {"not_waiting"}
    assert codes(lambda: asking.answer_question(reference, "x", by=of(trainer), now=NOON)) == {"wrong_state"}


def test_another_s_question_does_not_exist(session, student):
    reference, stranger = asked(student), learner_of(a_followed("stranger", "L000002"))
    for act in (asking.add_to_question, asking.reopen_question):
        with pytest.raises(NotFound):
            act(reference, "x", by=stranger, now=NOON)
    with pytest.raises(NotFound):
        asking.close_question(reference, by=stranger, now=NOON)


def test_an_old_page_changes_nothing(session, student, trainer):
    reference = asked(student)
    asking.answer_question(reference, "好。", by=of(trainer), now=NOON)
    with pytest.raises(Stale):
        asking.conclude_question(reference, "x", by=of(trainer), now=NOON, version=1)


def test_nobody_has_more_than_twenty_waiting(session, student):
    for number in range(MOST_WAITING):
        asked(student, title=f"第{number}个")
    assert codes(lambda: asked(student)) == {"too_many_waiting"}


def test_only_a_question_of_one_s_own_papers_can_be_asked_about(session, student):
    assert the_question(asked(student, bank_question=1)).bank_question_id is None


def test_handing_on_tells_the_next_one_and_only_somebody_who_answers(session, student, trainer):
    reference, other = asked(student), a_trainer("jiangshi2")
    told(session)
    asking.hand_on_question(reference, "jiangshi2", by=of(trainer), now=NOON)
    assert the_question(reference).owner_id == other.id
    assert [one.account_id for one in told(session)] == [trainer.id, other.id]
    assert codes(lambda: asking.hand_on_question(reference, "zhangwei", by=of(trainer), now=NOON)) == {"no_answerer"}
    me = learner_of(student)
    assert codes(lambda: asking.hand_on_question(reference, "jiangshi", by=me, now=NOON)) == {"not_permitted"}


# For everybody.

def test_a_public_answer_is_found_until_it_is_withdrawn(session, student, trainer):
    reference = a_public_answer(student, trainer)
    assert [one.title for one in similar_answers(session, "背景写多长合适")] == [TITLE]
    asking.withdraw_answer(reference, by=of(trainer), now=NOON)
    asking.withdraw_answer(reference, by=of(trainer), now=NOON)
    session.expire_all()
    assert similar_answers(session, "背景写多长合适") == []


def test_reworded_it_is_found_by_the_new_words(session, student, trainer):
    reference = a_public_answer(student, trainer)
    words = asking.PublicWords("怎样申报线下学时", "在哪里申报", "在学时页面。")
    asking.publish_answer(reference, words, by=of(trainer), now=LATER)
    assert len(session.scalars(select(PublicAnswer)).all()) == 1
    assert similar_answers(session, "提示词背景多长") == []
    assert len(similar_answers(session, "线下学时怎样申报")) == 1


def test_only_a_trainer_publishes_and_never_what_names_somebody(session, student, trainer):
    reference = asked(student)
    words = asking.PublicWords(TITLE, "问", "答")
    assert codes(lambda: asking.publish_answer(reference, words, by=of(trainer), now=NOON)) == {"not_answered"}
    asking.answer_question(reference, "答", by=of(trainer), now=NOON)
    assert codes(lambda: asking.publish_answer(reference, words, by=of(the_adviser()), now=NOON)) == {"not_permitted"}
    named = asking.PublicWords(TITLE, "张伟问，电话 13812345678", "答")
    found = codes(lambda: asking.publish_answer(reference, named, by=of(trainer), now=NOON))
    assert found == {"names_the_learner", "numbers_of_a_person"}


# Contacts and nudges.

def talk(**more):
    return following.Talk(Channel.PHONE, Outcome.REACHED, **more)


def test_nobody_contacts_themselves_and_only_advisers_note(session, student):
    adviser, me = of(the_adviser()), learner_of(student)
    assert codes(lambda: following.log_contact("L000001", talk(), by=me, now=NOON)) == {"not_permitted"}
    with transaction() as writing:
        writing.get_one(Learner, student.learner_id).account_id = the_adviser().id
    assert codes(lambda: following.log_contact("L000001", talk(), by=adviser, now=NOON)) == {"own_record"}


def test_a_refused_next_day_notes_nothing_at_all(session, student):
    late = talk(next_on=date(2026, 11, 22))
    act = lambda: following.log_contact("L000001", late, by=of(the_adviser()), now=NOON)  # noqa: E731
    assert codes(act) == {"next_in_the_past"}
    assert session.scalars(select(Contact)).all() == []


def test_a_missed_contact_can_still_be_made_and_a_done_one_is_final(session, student):
    adviser = of(the_adviser())
    reference = following.plan_contact("L000001", Channel.PHONE, date(2026, 11, 23), by=adviser, now=NOON)
    following.miss_contact(reference, by=adviser, now=LATER)
    following.finish_contact(reference, talk(note="晚上打通"), by=adviser, now=LATER)
    assert codes(lambda: following.finish_contact(reference, talk(), by=adviser, now=LATER)) == {"wrong_state"}


def test_one_call_is_asked_for_at_a_time_and_only_of_an_adviser(session, student):
    me = learner_of(student)
    following.ask_for_call("申报学时", by=me, now=NOON)
    assert codes(lambda: following.ask_for_call("还有", by=me, now=NOON)) == {"call_back_waits"}
    assert session.scalars(select(Contact.due_at)).one() == NOON + timedelta(days=1)  # the next working day


def letter(reference="L000001"):
    return Letter(reference, "还差 15 学时", "每天十分钟。", "go_on")


def test_of_many_each_is_sent_or_refused_with_its_reason(session, student, trainer):
    a_followed("second", "L000002")
    idle = a_followed("third", "L000003")
    with transaction() as writing:
        writing.execute(type(idle).__table__.update().where(type(idle).id == idle.id).values(state="completed"))
    adviser = of(the_adviser())
    send_nudges([letter("L000002")], by=adviser, now=NOON)
    outcome = send_nudges([letter(), letter("L000002"), letter("L000003")], by=adviser, now=LATER)
    assert [one.problem.code if one.problem else "sent" for one in outcome] == ["sent", "nudged_lately", "not_studying"]
    assert len(session.scalars(select(Nudge)).all()) == 2
    assert codes(lambda: send_nudges([letter()], by=of(trainer), now=LATER)) == {"not_permitted"}
    assert codes(lambda: send_nudges([], by=adviser, now=LATER)) == {"nobody_chosen"}


# What the doctor asks.

def test_after_all_of_this_everything_is_sound(session, student, trainer):
    a_public_answer(student, trainer)
    reference = asked(student)
    asking.hand_on_question(reference, "banzhuren", by=of(trainer), now=NOON)
    asking.conclude_question(reference, "x", by=of(trainer), now=NOON)
    following.log_contact("L000001", talk(next_on=date(2026, 11, 25)), by=of(the_adviser()), now=NOON)
    send_nudges([letter()], by=of(the_adviser()), now=NOON)
    give_histories()  # of the people whom a builder made
    for check in (unsound_questions, unsound_supervision, histories, nobody_decides_about_themselves):
        assert list(check(session)) == []
    acts = set(session.scalars(select(AuditEntry.act)))
    assert {"learner_question.begin", "learner_question.answer", "learner_question.publish", "contact.finish",
            "supervision.nudge"} <= acts


def test_planted_faults_are_named(session, student, trainer):
    reference = a_public_answer(student, trainer)
    unanswered = asked(student)
    table, nudge = LearnerQuestion.__table__, Nudge.__table__
    with transaction() as writing:
        writing.execute(table.update().where(table.c.reference == unanswered).values(answered_at=NOON))
        writing.execute(PublicAnswer.__table__.update().values(answer="张伟，写清目的。"))
        writing.execute(table.update().where(table.c.reference == reference).values(answered_at=NOON - timedelta(1)))
        writing.execute(nudge.insert().values(
            enrolment_id=student.id, learner_id=student.learner_id, kind="reminder", key="reminder:x", template="",
            subject="s", text="t", endpoint="", place="", sent_at=NOON + timedelta(hours=13), sent_by_name="system"))
    questions = list(unsound_questions(session))
    assert any(unanswered in line and "nobody answered" in line for line in questions)
    assert any(reference in line and "before it was asked" in line for line in questions)
    assert any(reference in line and "names the learner" in line for line in questions)
    assert any("night" in line for line in unsound_supervision(session))
