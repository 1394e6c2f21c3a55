"""The road of one learner as far as every journey goes it; what the front page says at each stage is part of it."""

from tests.journeys.applying import applies, is_approved
from tests.journeys.examining import gets_a_ticket, is_reported, taken_note_of
from tests.journeys.joining import CHEN, enrols, is_paid, is_verified, says_who_they_are, signs_in, signs_up
from tests.journeys.people import Person
from tests.journeys.studying import TASKS, hands_in, is_accepted, studies
from tests.journeys.world import World


def thirty_five_hours(world: World) -> Person:
    """From nobody to the proof of hours, and on to the morning on which registration opens."""
    learner = signs_up(world, CHEN)
    learner.must("报读证书项目", "查看证书项目")
    fees = learner.reads(enrols(learner)).says("F000001", "¥1,280.00", "待缴费", "财务")
    learner.must("缴培训学习费", "查看缴费方式", until="11月9日（周一）09:00")
    assert learner.next_step().href == fees.address
    world.it_is("2026-11-02 14:00")
    is_paid(world, "F000001", "WX20261102001")
    studies_and_says_who(world, learner)
    world.it_is("2026-11-06 10:00")
    is_accepted(world)
    learner.waits_for("实名与证件照", "考务老师")
    assert "实名信息核实后自动出具学时证明" in learner.steps()["35 学时"]
    is_verified(world, CHEN)
    world.the_worker_runs()
    steps = learner.steps()
    assert "P000001" in steps["35 学时"]
    assert "202701 期报名 11月16日（周一）09:00 开始。" in steps["报名考试"]
    learner.waits_for("实名与证件照", "考务老师")
    world.it_is("2026-11-16 09:00")
    return learner


def studies_and_says_who(world: World, learner: Person) -> None:
    learner.must("继续学习：大模型能做什么", "继续")
    studies(world, learner)
    for task in TASKS:
        hands_in(learner, task)
    learner.must("提交实名信息和证件照", "开始")
    says_who_they_are(learner, CHEN)


def registers(world: World) -> None:
    """From the open window to the ticket; each stage is read in both languages."""
    learner, reader = signs_in(world, CHEN), signs_in(world, CHEN, "en")
    learner.must("报名 202701 期考试", "选择场次", until="12月24日（周四）17:00")
    reader.must("Apply for the 202701 window", "Choose sittings", until="Thu 24 Dec, 17:00")
    reference = applies(learner)
    learner.waits_for("审核", "考务老师", until="11月19日（周四）09:00")
    reader.waits_for("Review", "the exam office", until="Thu 19 Nov, 09:00")
    world.it_is("2026-11-17 10:00")
    is_approved(world, CHEN.name)
    learner.must("缴考试费", "查看缴费方式", until="1月4日（周一）17:00")
    fee = reader.must("Pay the exam fee", "See how to pay", until="Mon 4 Jan, 17:00")
    learner.reads(fee.href).says("F000002", "¥480.00", "待缴费")
    is_paid(world, "F000002", "WX20261117001")
    learner.must("参加考试", "查看时间和地点", until="1月16日（周六）09:30")
    reader.must("Sit your exam", "See time and place", until="Sat 16 Jan, 09:30")
    learner.reads(f"/applications/{reference}").says("报名成功", "准考证")
    is_reported(world, "registration", taken_note_of)
    world.it_is("2027-01-11 09:30")
    gets_a_ticket(world)
    learner.must("参加考试", "打开准考证", until="1月16日（周六）09:30")
    reader.must("Sit your exam", "Open the ticket")
