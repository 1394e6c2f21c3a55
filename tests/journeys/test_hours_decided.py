"""Hours that people decide about: a dispute won, claims that complete the 35 hours, an entry with its second person."""

from datetime import timedelta

import pytest
from flask import Flask

from enroll.demo.pictures import portrait
from tests.journeys.ground import lay_ground
from tests.journeys.joining import CHEN, enrols, is_paid, is_verified, says_who_they_are, signs_up
from tests.journeys.people import Person, Upload
from tests.journeys.proof import every_decision, is_sound
from tests.journeys.studying import Player
from tests.journeys.world import BEGIN, World

pytestmark = pytest.mark.one_database  # the main road runs on both


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


def record() -> Upload:
    return Upload(portrait("a record", female=True), "证明.jpg")


def test_a_dispute_is_won_and_the_lesson_goes_on_from_there(joined: tuple[World, Person]) -> None:
    world, learner = joined
    says_who_they_are(learner, CHEN)
    world.it_is("2026-11-03 19:00")
    player = Player(world, learner)
    player.opens("/study/G1/G1-M1-L2")
    for _ in range(20):
        world.clock.set(world.now + timedelta(seconds=60))
        player._posts(player.told["beats"], **player._fields(present=True))
    world.clock.set(world.now + timedelta(minutes=6))
    player._posts(player.told["beats"], seq=player.seq + 1, leaving="y")
    learner.reads("/hours").says("20")
    page = learner.reads("/hours?view=uncounted").says("6:00")
    form = learner.reads(page.link("异议")).says("三个工作日内答复")
    learner.fills_in(form, "提交异议", words="小区停电，有通知。", picture=record()).says("异议已提交", "待答复")

    world.it_is("2026-11-04 10:00")
    queue = world.staff("shenhe1").reads("/staff/hours/disputes").says("陈静", "职场用AI的红线")
    case = world.staff("shenhe1").reads(queue.link("Y000001")).says("小区停电")
    world.staff("shenhe1").fills_in(case, "认定这些分钟", reason="停电通知属实").says("没有待答复的异议")
    world.the_worker_runs()
    assert "异议" in str(world.letters_to(CHEN.email)[-1]["Subject"])
    learner.reads("/hours/disputes/Y000001").says("停电通知属实", "计入 6 分钟")
    learner.reads("/hours").says("26")
    is_sound()
    every_decision(disputed_time__count="审核员甲")


def test_claims_that_are_accepted_complete_the_35_hours(joined: tuple[World, Person]) -> None:
    world, learner = joined
    says_who_they_are(learner, CHEN)
    world.it_is("2026-11-04 09:00")
    is_verified(world, CHEN)
    for amount, kind, course, first, last in (
        ("18", "knowledge", "G1", "2026-09-01", "2026-09-10"), ("12", "practice", "G1", "2026-09-11", "2026-09-20"),
        ("5", "knowledge", "D1", "2026-09-21", "2026-09-25"),
    ):
        learner.presses("/hours/claims/new", "提交申报", partner="示例授权中心", studied_from=first, studied_until=last,
                        amount=amount, unit="course_hours", kind=kind, course=course, files=record()).says("申报已提交")
    learner.reads("/hours").says("1,575", "待认定")
    reviewer = world.staff("shenhe1")
    reviewer.reads("/staff/hours/claims").says("示例授权中心", "202701")
    for reference in ("H000001", "H000002", "H000003"):
        reviewer.presses(f"/staff/hours/claims/{reference}", "认定").says("学时已认定并计入")
    world.the_worker_runs()
    learner.reads("/hours").says("P000001")
    is_sound()
    every_decision(claim_of_hours__accept="审核员甲")


def test_more_than_eight_hours_by_hand_count_when_a_second_person_has_approved(joined: tuple[World, Person]) -> None:
    world, learner = joined
    world.it_is("2026-11-05 10:00")
    trainer, reviewer = world.staff("jiaowu"), world.staff("shenhe1")
    entry = trainer.presses("/staff/hours/ledgers/E000001/enter", "录入", minutes="405", kind="knowledge", course="G1",
                            title="企业内训两天", done_on="2026-11-03", reason="签到表为纸质", file=record())
    entry.says("待第二人批准", "须由第二人决定")
    assert not entry.offers("作为第二人批准")
    reviewer.presses("/staff/hours/adjustments/J000001", "作为第二人批准").says("已批准")
    world.the_worker_runs()
    assert "405" in str(world.letters_to(CHEN.email)[-1]["Subject"])
    learner.reads("/hours").says("签到表为纸质", "405")
    is_sound()
    every_decision(entry_by_hand__approve="审核员甲")
