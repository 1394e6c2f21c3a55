"""The exam office plans a year: looked at, made, a conflict with a holiday named, mended, published. Then a date of the
open window moves, and whoever it concerns hears of it."""

import pytest

from tests.journeys.applying import applies
from tests.journeys.joining import CHEN, signs_in
from tests.journeys.proof import every_decision, is_sound
from tests.journeys.world import World

pytestmark = pytest.mark.one_database  # the main road runs on both
MAY = "/staff/windows/202805"


def test_a_year_is_planned_around_its_holidays_and_an_open_window_closes_later(studied: World) -> None:
    world, officer = studied, studied.staff("kaowu")
    shown = officer.reads("/staff/windows/year").says("待排定 6 个考期", "2028 年的节假日尚未录入")
    officer.fills_in(shown, "生成这些草稿").says("已生成 6 个草稿", "202811")

    days = officer.reads(shown.link("节假日与调休"))
    officer.fills_in(days, "新增该节假日", title="劳动节", from_on="2028-05-01", until_on="2028-05-05")
    barred = officer.reads(MAY).says("“初审完成”落在节假日5月3日（周三）", "草稿")
    assert not barred.offers("发布"), "a review in a holiday bars publishing"

    again = officer.reads(barred.link("按当前节假日重新推算")).says("保存后才生效")
    officer.fills_in(again, "保存草稿").says("初审完成 2028年4月26日（周三）17:00")
    officer.presses(MAY, "发布").says("已发布")

    learner = signs_in(world, CHEN)
    applies(learner)
    world.the_worker_runs()
    heard = len(world.letters_to(CHEN.email))
    dates = "/staff/windows/202701/dates"
    squeezed = officer.presses(dates, "查看影响", name="first_review_by", to="2026-12-30T17:00", reason="人手不足")
    squeezed.says("“补正截止”只留出 1 个工作日，至少需要 2 个。")
    moving = officer.presses(dates, "查看影响", name="closes_at", to="2026-12-25T17:00", reason="暴雪，部分地区断网")
    moving.says("陈静", "12月25日（周五）17:00")
    officer.fills_in(moving, "确认调整并告知所有人").says("12月25日（周五）17:00")
    world.the_worker_runs()
    [letter] = world.letters_to(CHEN.email)[heard:]
    assert letter["Subject"] == "202701期日期调整：首考报名截止"
    assert "暴雪，部分地区断网" in letter.get_content()
    learner.reads("/windows").says("2026年12月25日（周五）17:00")
    is_sound()
    every_decision(exam_window__publish="考务老师", exam_window__move_date="考务老师")
