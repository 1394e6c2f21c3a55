"""What people teach and mark: a live class of which ninety per cent count, attended by codes and by the meeting's list;
a practical work whose upload breaks off, that comes back with a comment and is accepted the second time."""

import pytest
from flask import Flask

from enroll.demo.samples import PDF
from tests.journeys.ground import lay_ground
from tests.journeys.joining import CHEN, enrols, is_paid, says_who_they_are, signs_up
from tests.journeys.people import Person, Upload
from tests.journeys.proof import every_decision, is_sound
from tests.journeys.studying import Sending
from tests.journeys.world import BEGIN, World

pytestmark = pytest.mark.one_database  # the main road runs on both
TASK = "/study/G1/G1-M2-P1"


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


def is_planned(world: World, title: str, starts_at: str) -> str:
    """A class of the general course, 100 minutes from this moment; gives its address for staff."""
    planned = world.staff("jiaowu").presses(
        "/staff/live/new", "保存", title=title, course="G1/G1-M1", starts_at=starts_at, minutes="100", capacity="30",
        link="https://meet.example.org/1")
    return planned.says(title).address


def test_a_live_class_is_signed_in_to_or_on_the_meetings_list_and_its_minutes_are_credited_once(
    joined: tuple[World, Person],
) -> None:
    world, learner = joined
    trainer = world.staff("jiaowu")
    by_code = is_planned(world, "红线直播", "2026-11-04T19:00")
    by_list = is_planned(world, "智能体直播", "2026-11-05T19:00")
    mine = {title: learner.reads("/live").link(title) for title in ("红线直播", "智能体直播")}
    for address in mine.values():
        learner.presses(address, "报名本课").says("报名成功")
    assert b"SUMMARY:\xe7\xba\xa2" in learner.downloads("/live/mine.ics")

    world.it_is("2026-11-04 19:01")
    shown = trainer.reads(f"{by_code}/codes").soup.select("p.code b")
    assert learner.sends(learner.reads(mine["红线直播"]), "签到", "/sign_in", code="000000").status_code == 409
    learner.presses(mine["红线直播"], "签到", "/sign_in", code=shown[0].get_text()).says("已签到")
    world.it_is("2026-11-04 20:36")
    shown = trainer.reads(f"{by_code}/codes").soup.select("p.code b")
    learner.presses(mine["红线直播"], "签退", "/sign_in", code=shown[1].get_text()).says("已签退")
    world.it_is("2026-11-04 20:45")
    world.the_worker_runs()
    trainer.presses(by_code, "结算并计学时").says("1")
    world.the_worker_runs()
    learner.reads(mine["红线直播"]).says("已计入", "95")

    # The meeting tool's own list: two joins are added up; whoever is unknown is left out and said so; looked at first.
    world.it_is("2026-11-05 20:50")
    world.the_worker_runs()
    rows = [("陈静", CHEN.email, "19:00:00", "19:40:00"), ("陈静", CHEN.email, "19:45:00", "20:40:00"),
            ("路人", "nobody@example.org", "19:00:00", "20:00:00")]
    listed = "昵称,邮箱,入会时间,退会时间\n" + "\n".join(
        f"{name},{email},2026-11-05 {came},2026-11-05 {left}" for name, email, came, left in rows)
    looked = trainer.presses(by_list, "预览导入结果", file=Upload(listed.encode("gb18030"), "meeting.csv"))
    looked.says("未匹配到本项目学员")
    trainer.fills_in(looked, "导入这些行").says("95 %")
    trainer.presses(by_list, "结算并计学时").says("1")
    world.the_worker_runs()
    assert "直播" in str(world.letters_to(CHEN.email)[-1]["Subject"])
    learner.reads("/hours").says("190", "红线直播", "智能体直播")
    roster = trainer.reads(by_list)
    trainer.presses(roster.link("更正"), "更正", minutes="0", reason="由他人代为在线").says("更正")
    learner.reads("/hours").says("95", "由他人代为在线")
    is_sound()


def test_a_work_breaks_off_goes_on_comes_back_with_a_comment_and_is_accepted(joined: tuple[World, Person]) -> None:
    world, learner = joined
    world.it_is("2026-11-06 20:00")
    says_who_they_are(learner, CHEN)
    content = PDF + bytes(range(256)) * 8_000
    first = Sending(learner, TASK, content, "简报.pdf")
    first.sends_a_piece()
    # The line is lost, and the page is opened again.
    learner.reads(TASK).says("「简报.pdf」已上传 25%。一小时内再次选择同一文件")
    second = Sending(learner, TASK, content, "简报.pdf")
    assert second.offset == first.offset > 0
    second.sends_the_rest()
    learner.reads(TASK).says("SHA-256", "简报.pdf")
    learner.presses(TASK, "提交批阅", note="人工核对了来源").says("等待讲师批阅")

    world.it_is("2026-11-09 10:00")
    trainer = world.staff("jiaowu")
    work = trainer.reads("/staff/practical").link("W000001")
    trainer.presses(work, "附评语退回", "/accept", comment="请补充数据来源。").says("退回")
    world.the_worker_runs()
    assert "实践" in str(world.letters_to(CHEN.email)[-1]["Subject"])
    learner.reads(TASK).says("请补充数据来源。")
    learner.presses(TASK, "上传文件", file=Upload(PDF + b"sources", "来源.pdf")).says("来源.pdf")
    learner.presses(TASK, "提交批阅", note="已补充来源").says("等待讲师批阅")
    trainer.presses(work, "通过", "/accept", points_0="38", points_1="28", points_2="18", points_3="9",
                    comment="来源清楚。").says("通过")
    world.the_worker_runs()
    learner.reads(TASK).says("来源清楚。", "已计入")
    learner.reads("/hours").says("480")
    is_sound()
    every_decision(practice_assignment__return="教务老师", practice_assignment__accept="教务老师")
