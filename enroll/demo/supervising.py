"""What advisers and trainers do beside the study: contacts noted and planned, a nudge, questions asked and answered,
one of them for everybody. A handful of acts through the services, at the end of loading."""

from datetime import datetime, timedelta

from sqlalchemy import select

from enroll.accounts.models import Account
from enroll.applications.models import Application
from enroll.demo.people import data
from enroll.enrolments.lifecycle import EnrolmentState
from enroll.enrolments.models import Enrolment
from enroll.foundation.actor import Actor
from enroll.foundation.clock import local_day
from enroll.hours.models import HoursProof
from enroll.learners.models import Learner
from enroll.storage.database import db, transaction
from enroll.supervision.rules.following import Channel, Outcome
from enroll.supervision.services import asking, following
from enroll.supervision.services.asking import NewQuestion, PublicWords
from enroll.supervision.services.following import Talk
from enroll.supervision.services.sending import Letter, send_nudges

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PROMPT = ("提示词里的背景要写多长？", "按教材写了三行背景，模型还是答非所问，是不是写得不够？")
PROMPT_ANSWER = ("不是越长越好。背景写清三件事就够：给谁用、用在哪里、有什么限制。\n\n"
                 "可以先写一两句试一次，看模型误解了什么，再补那一条。")
CLAIM = ("单位组织的 AI 培训能不能算学时？", "上个月参加了两天内训，有签到表和结业照片。")
CLAIM_ANSWER = "可以申报，请准备签到表、培训通知和讲师信息；我们核对后才计入，未认定前不算进 35 学时。"
NUDGE = ("还差一些学时", "您好！每天学习十分钟也是在前进，有困难请随时提问。\n\n督学老师")
WISH = "想了解报名材料，工作日 18:00 以后方便接听。"
CITE = ("实践作业里的数据必须注明来源吗？", "简报里引用了公开报告的数字，来源要写到什么程度？")


def supervise(until: datetime) -> None:
    """Play it; `until` is the demo's first moment."""
    trainer, adviser = actor_of("jiaowu", until), actor_of("banzhuren", until)
    with transaction():
        _questions(trainer, adviser, until)
        _contacts(adviser, until)
        _questions_of_the_data()
        _contacts_of_the_data()


def _questions(trainer: Actor, adviser: Actor, until: datetime) -> None:
    first, second = studying()[:2]
    title, text = PROMPT
    known = asking.ask(NewQuestion(title, text, "study", lesson=_a_lesson()), by=actor_of(first, until),
                       now=until - 6 * DAY)
    asking.answer_question(known, PROMPT_ANSWER, by=trainer, now=until - 6 * DAY + 3 * HOUR)
    asking.rate_answer(known, 5, by=actor_of(first, until), now=until - 5 * DAY)
    asking.close_question(known, by=actor_of(first, until), now=until - 5 * DAY)
    asking.publish_answer(known, PublicWords(title, "背景写了三行，模型还是答非所问，是不是写得不够？", PROMPT_ANSWER),
                          by=trainer, now=until - 5 * DAY + HOUR)
    claim = asking.ask(NewQuestion(*CLAIM, "service"), by=actor_of(second, until), now=until - 3 * DAY)
    asking.answer_question(claim, CLAIM_ANSWER, by=adviser, now=until - 3 * DAY + 5 * HOUR)
    asking.ask(NewQuestion(*CITE, "study"), by=actor_of(first, until), now=until - 20 * HOUR)


def _contacts(adviser: Actor, until: datetime) -> None:
    first, second, third = studying()[:3]
    promised = Talk(Channel.PHONE, Outcome.PROMISED, "年底工作忙，答应周末补两个小节。", local_day(until) + 3 * DAY)
    following.log_contact(_reference(first), promised, by=adviser, now=until - 4 * DAY)
    helped = Talk(Channel.WECHAT, Outcome.NEEDS_HELP, "作业卡在资料来源，已请讲师解答。")
    following.log_contact(_reference(second), helped, by=adviser, now=until - 2 * DAY)
    send_nudges([Letter(_reference(third), *NUDGE, "go_on")], by=adviser, now=until - DAY)
    following.ask_for_call(WISH, by=actor_of(second, until), now=until - 2 * HOUR)


def _questions_of_the_data() -> None:
    for one in data()["learner_questions"]:
        at, lesson = datetime.fromisoformat(one["asked_at"]), one["lesson"]
        title = one["text"][:120]
        reference = asking.ask(NewQuestion(title, one["text"], "study", lesson=lesson),
                               by=actor_of(one["learner"], at), now=at)
        if "answer" in one:
            asking.answer_question(reference, one["answer"], by=actor_of(one["answered_by"], at), now=at + 3 * HOUR)
        if one["state"] == "closed":
            asking.close_question(reference, by=actor_of(one["learner"], at), now=at + DAY)


def _contacts_of_the_data() -> None:
    for one in data()["contacts"]:
        at, learner = datetime.fromisoformat(one["at"]), _reference(one["learner"])
        adviser = actor_of(one["adviser"], at)
        if one["state"] == "done":
            following.log_contact(learner, Talk(Channel.PHONE, Outcome.PROMISED, one["words"]), by=adviser, now=at)
            continue
        planned = following.plan_contact(learner, Channel.PHONE, local_day(at), by=adviser, now=at - 3 * DAY)
        if one["state"] == "missed":
            following.miss_contact(planned, local_day(at) + 2 * DAY, by=adviser, now=at)


def studying() -> list[str]:
    """The user names of those who still study for their hours, in the order of the file."""
    proved = select(HoursProof.learner_id)
    wanted = select(Account.username).join(Learner, Learner.account_id == Account.id).join(
        Enrolment, Enrolment.learner_id == Learner.id).where(
        Enrolment.state == EnrolmentState.ACTIVE, Learner.id.not_in(proved))
    active = set(db.session.scalars(wanted))
    return [one["username"] for one in data()["learners"] if one["username"] in active]


def _a_lesson() -> str:
    return str(data()["courses"][0]["modules"][0]["lessons"][0]["id"])


def actor_of(username: str, now: datetime) -> Actor:
    return db.session.scalars(select(Account).where(Account.username == username)).one().actor_at(now)


def application_of(username: str) -> str:
    """The reference of somebody's newest application; "" where there is none."""
    wanted = select(Application.reference).join(Learner, Learner.id == Application.learner_id).join(
        Account, Account.id == Learner.account_id).where(Account.username == username)
    return db.session.scalars(wanted.order_by(Application.id.desc())).first() or ""


def _reference(username: str) -> str:
    wanted = select(Learner.reference).join(Account, Account.id == Learner.account_id)
    return db.session.scalars(wanted.where(Account.username == username)).one()
