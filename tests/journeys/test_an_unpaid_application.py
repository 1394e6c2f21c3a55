"""Approved and not paid: warned twice, lapsed at the deadline, the seats free again; late money takes them back."""

import pytest

from tests.journeys.applying import applies, is_approved
from tests.journeys.joining import CHEN, signs_in
from tests.journeys.proof import every_decision, is_sound
from tests.journeys.world import World

pytestmark = pytest.mark.one_database  # the main road runs on both


def test_the_seats_go_back_at_the_deadline_and_late_money_takes_them_again_while_they_are_free(studied: World) -> None:
    world, learner = studied, signs_in(studied, CHEN)
    reference = applies(learner)
    world.it_is("2026-11-17 10:00")
    is_approved(world, "陈静")
    learner.must("缴考试费", "查看缴费方式", until="1月4日（周一）17:00")
    assert "79" in seats_left(world)

    world.the_worker_runs()
    for warned_at in ("2026-12-31 17:30", "2027-01-04 14:30"):
        before = len(world.letters_to(CHEN.email))
        world.it_is(warned_at)
        world.the_worker_runs()
        assert len(world.letters_to(CHEN.email)) == before + 1, f"no warning at {warned_at}"
    world.it_is("2027-01-04 16:59")
    world.the_worker_runs()
    learner.must("缴考试费", "查看缴费方式", until="1月4日（周一）17:00")

    world.it_is("2027-01-04 17:00")
    world.the_worker_runs()
    step = learner.next_step()
    assert (step.button, step.text) == ("", "202703 期报名 1月18日（周一）09:00 开始。"), step
    learner.reads(f"/applications/{reference}").says("逾期未缴费，座位已释放")
    assert "80" in seats_left(world)
    learner.reads("/fees").says("不再应缴")
    pays_too_late(world)
    learner.reads(f"/applications/{reference}").says("报名成功", "已恢复报名")
    assert "79" in seats_left(world)
    world.the_worker_runs()
    assert [one for one in world.letters_to(CHEN.email) if "报名已恢复" in one["Subject"]]
    is_sound()
    every_decision(application__approve="审核员甲", application__lapse_unpaid="system", booking__lapse="system",
                   fee__payment="财务")


def seats_left(world: World) -> str:
    return world.staff("kaowu").reads("/staff/sittings/202701-BJ01-T").words


def pays_too_late(world: World) -> None:
    """The money that comes after all, while nobody else has taken the seats."""
    world.it_is("2027-01-05 10:00")
    finance = world.staff("caiwu")
    late = finance.presses("/staff/fees/F000002", "登记缴费", provider="bank", trade_no="LATE-1", amount="480.00")
    late.says("座位仍空则自动恢复报名")
    finance.reads("/staff/fees/reconciliation").says("LATE-1", "480.00", "已恢复报名并占用座位")
