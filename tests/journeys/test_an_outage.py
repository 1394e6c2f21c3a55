"""The site cannot be reached in the last hour before the fee is due: recorded, confirmed by another, nobody loses."""

import pytest

from tests.journeys.applying import applies, is_approved
from tests.journeys.joining import CHEN, signs_in
from tests.journeys.proof import every_decision, is_sound
from tests.journeys.world import World

pytestmark = pytest.mark.one_database  # the main road runs on both


def test_whoever_lapsed_in_the_outage_is_back_with_seat_and_a_later_deadline(studied: World) -> None:
    world, learner = studied, signs_in(studied, CHEN)
    reference = applies(learner)
    world.it_is("2026-11-17 10:00")
    is_approved(world, "陈静")
    world.it_is("2027-01-04 17:00")
    world.the_worker_runs()
    learner.reads(f"/applications/{reference}").says("逾期未缴费，座位已释放")

    officer = world.staff("kaowu")
    world.it_is("2027-01-04 17:40")
    shown = officer.presses("/staff/outages/new", "查看其间到期的截止时间", began_at="2027-01-04T16:20",
                            ended_at="2027-01-04T17:30", what="网站无法打开")
    shown.says("陈静", "已逾期失效：座位仍空则恢复", "1月5日（周二）17:30")
    recorded = officer.fills_in(shown, "登记故障，等待确认").says("待确认", "由登记人以外的审核主管确认")
    world.the_worker_runs()

    lead = world.staff("zhuguan")
    lead.presses(recorded.address, "确认并延期").says("已延期", "故障期间失效，已恢复")
    learner.must("缴考试费", "查看缴费方式", until="1月5日（周二）17:30")
    learner.reads(f"/applications/{reference}").says("截止时间恰逢故障，已恢复报名", "座位已保留")
    world.the_worker_runs()
    assert "因系统故障延期" in world.letters_to(CHEN.email)[-1]["Subject"] + world.letters_to(CHEN.email)[-2]["Subject"]
    is_sound()
    every_decision(outage__begin="考务老师", outage__confirm="审核主管")
