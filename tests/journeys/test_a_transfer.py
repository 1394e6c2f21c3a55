"""A change of plans: paid for January, sits in March; and a lead who does the same for a cause."""

import pytest

from tests.journeys.applying import applies, is_approved
from tests.journeys.joining import CHEN, signs_in
from tests.journeys.proof import every_decision, is_sound
from tests.journeys.world import World

pytestmark = pytest.mark.one_database  # the main road runs on both
MARCH = {"sitting_theory": "202703-BJ01-T", "sitting_practical": "202703-BJ01-P"}


def test_a_paid_registration_goes_on_in_the_next_window_and_the_money_with_it(studied: World) -> None:
    world, learner = studied, signs_in(studied, CHEN)
    reference = applies(learner)
    world.it_is("2026-11-17 10:00")
    is_approved(world, "陈静")
    world.staff("caiwu").presses("/staff/fees/F000002", "登记缴费", provider="bank", trade_no="ON-TIME",
                                 amount="480.00")
    world.the_worker_runs()

    shown = learner.reads(f"/applications/{reference}").says("报名成功")
    choose = learner.reads(shown.link("转期")).says("202703期")
    check = learner.fills_in(choose, "下一步：看看有哪些变化", **MARCH).says(
        "费用：已办结的费用（¥480.00）随报名转入", "考试次数：不占用", "不可撤销")
    there = learner.fills_in(check, "转至202703期").says("由202701期转入", "报名成功")
    learner.reads(f"/applications/{reference}").says("已转至后面的考期")
    assert "80" in world.staff("kaowu").reads("/staff/sittings/202701-BJ01-T").words
    world.the_worker_runs()
    assert "报名已转期" in world.letters_to(CHEN.email)[-1]["Subject"]

    again = there.address.split("/")[2]
    learner.reads(f"/applications/{again}/transfer").says("现在不能转期", "转期次数已用完")
    is_sound()
    every_decision(application__transfer="陈静", fee__carry="陈静")
