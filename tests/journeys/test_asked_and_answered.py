"""What a learner says and hears: a question from a lesson that becomes a public answer, a call back, a complaint."""

import pytest
from flask import Flask

from tests.journeys.ground import lay_ground
from tests.journeys.joining import CHEN, enrols, is_paid, signs_up
from tests.journeys.people import Person
from tests.journeys.proof import every_decision, is_sound
from tests.journeys.world import BEGIN, World

pytestmark = pytest.mark.one_database  # the main road runs on both
LESSON = "/study/G1/G1-M1-L2"


@pytest.fixture
def joined(app: Flask) -> tuple[World, Person]:
    """陈静 has paid and may study."""
    app.extensions["clock"].set(BEGIN)
    lay_ground()
    world = World(app)
    learner = signs_up(world, CHEN)
    enrols(learner)
    is_paid(world, "F000001", "WX20261102001")
    return world, learner


def test_a_question_from_a_lesson_is_answered_rated_and_helps_the_next_one(joined: tuple[World, Person]) -> None:
    world, learner = joined
    page = learner.reads(learner.reads(LESSON).link("就这个小节提问"))
    checked = learner.fills_in(page, "继续", kind="study", title="客户名单能不能放进对话里", text="脱敏以后还算吗？")
    learner.fills_in(checked, "提交问题").says("问题已提交", "由教务老师答复，最迟 11月3日（周二）09:00")
    world.it_is("2026-11-02 15:00")
    trainer = world.staff("jiaowu")
    queue = trainer.reads("/staff/questions").says("客户名单能不能放进对话里")
    case = queue.link("客户名单")
    trainer.presses(case, "发送答复", text="不能。脱敏到认不出人，才不算个人信息。").says("已答复，并已通知学员")
    trainer.presses("/staff/questions/Q000001", "公开以上内容", question="客户名单脱敏后可以放进对话吗？").says("公开")
    world.the_worker_runs()
    assert "答复" in str(world.letters_to(CHEN.email)[-1]["Subject"])
    learner.presses("/questions/Q000001", "提交", "/rate", rating="5").says("非常好")
    assert "脱敏到认不出人" in learner.browser.get("/questions/similar?q=客户名单放进对话").get_data(as_text=True)
    assert not [one for one in world.letters_to(CHEN.email) if "您的一周" in str(one["Subject"])]  # came this morning
    is_sound()
    every_decision(learner_question__answer="教务老师", learner_question__publish="教务老师")


def test_a_call_back_is_made_and_a_complaint_is_answered_objected_to_and_closed(joined: tuple[World, Person]) -> None:
    world, learner = joined
    learner.presses("/adviser", "申请回电", wish="怎样申报学时").says("已申请回电")
    adviser, lead = world.staff("banzhuren"), world.staff("zhuguan")
    adviser.reads("/staff/supervision").says("L000001 202701 考期")  # nobody has a name yet: the notice says the number
    planned = adviser.reads("/staff/supervision/contacts")
    planned.says("怎样申报学时", "L000001 督学老师 11月3日（周二）09:00 前")
    theirs = planned.link("L000001")
    adviser.presses(theirs, "记录联系", channel="phone", outcome="reached", note="已说明怎样申报。")
    learner.reads("/adviser").says("申请回电")
    assert "已说明怎样申报" not in learner.reads("/adviser").words

    sent = learner.presses("/complaints/new", "提交投诉", about="conduct", title="电话中态度生硬", text="昨天的电话。")
    sent.says("投诉已收到", "最迟 11月9日（周一）09:00")
    case = lead.reads("/staff/complaints").link("电话中态度生硬")
    lead.presses(case, "发送答复", finding="not_upheld", text="录音核对过，用语得当。")
    world.the_worker_runs()
    learner.reads("/complaints/N000001").says("录音核对过，用语得当。")
    learner.presses("/complaints/N000001", "要求重新核查", reason="请再听一遍。").says("请再听一遍。", "审核主管乙")
    again = world.staff("zhuguan2")
    again.presses(case, "发送答复", finding="partly", text="开头确有不妥，已向您致歉。")
    world.the_worker_runs()
    learner.presses("/complaints/N000001", "已解决，关闭投诉", "/settle").says("投诉已关闭")
    is_sound()
    every_decision(complaint__answer="审核主管、审核主管乙", complaint__settle="U000017")
