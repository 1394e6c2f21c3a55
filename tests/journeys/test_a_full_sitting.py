"""A full sitting: the waiting list, the offer and the seat; a change of mind; and a sitting that closes."""

import pytest

from tests.journeys.applying import is_approved
from tests.journeys.joining import CHEN, signs_in
from tests.journeys.people import ALL
from tests.journeys.proof import is_sound
from tests.journeys.world import World

pytestmark = pytest.mark.one_database  # the main road runs on both
FULL, PRACTICAL = "202701-BJ01-T", "202701-BJ01-P"
LISTED = f"/staff/sittings/{FULL}"


def test_from_the_waiting_list_to_a_seat_changed_once_and_moved_with_everybody(studied: World) -> None:
    world, learner, officer = studied, signs_in(studied, CHEN), studied.staff("kaowu")
    officer.presses(LISTED, "修改座位数", "/capacity", capacity="0")

    choose = learner.reads(learner.next_step().href).says("已满")
    waits = learner.reads(choose.link("加入候补")).says("候补将排在第 1 位")
    details = learner.fills_in(waits, "下一步：照片与信息", sitting_theory=f"wait:{FULL}", sitting_practical=PRACTICAL)
    check = learner.reads(details.link("下一步：核对信息"))
    done = learner.fills_in(check, "提交报名", agreed=ALL).says("已加入候补", "收到时间")
    reference = done.address.split("/")[2]
    learner.reads(f"/applications/{reference}").says("候补中，第 1 位")
    officer.reads(LISTED).says("候补", "陈静")

    world.it_is("2026-11-17 10:00")
    is_approved(world, "陈静")
    learner.reads(f"/applications/{reference}").says("审核通过，候补中")
    learner.reads("/fees").says("F000001")
    assert "480.00" not in learner.reads("/fees").words, "nothing is owed before there is a seat"

    officer.presses(LISTED, "修改座位数", "/capacity", capacity="1")
    world.the_worker_runs()
    assert "有空位" in world.letters_to(CHEN.email)[-1]["Subject"]
    step = learner.must("有空位，请确认", "查看空位", until="11月19日（周四）10:00")
    learner.fills_in(learner.reads(step.href), "确认座位").says("座位已为你保留")
    learner.must("缴考试费", "查看缴费方式")
    officer.reads(LISTED).says("1 / 1")

    shown = learner.reads(f"/applications/{reference}")
    change = learner.reads(shown.link("改签")).says("费用：不变", "考试次数：不占用")
    elsewhere = change.soup.find("input", attrs={"name": "sitting"})
    assert elsewhere is not None
    learner.fills_in(change, "改签到该场次", sitting=str(elsewhere["value"])).says("改签成功")
    officer.reads(LISTED).says("0 / 1")

    closing = f"/staff/sittings/{elsewhere['value']}/move"
    officer.presses(closing, "关闭场次并全部改签", target=FULL, reason="考点停电").says("已改签并通知 1 人")
    world.the_worker_runs()
    assert "已改签" in world.letters_to(CHEN.email)[-1]["Subject"]
    officer.reads(LISTED).says("1 / 1")
    learner.reads(f"/applications/{reference}").says("座位已保留")
    is_sound()
