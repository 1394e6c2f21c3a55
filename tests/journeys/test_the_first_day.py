"""The first day of a house that did all this before: its lists come over, two people stand for what counts, and a
learner takes the account over by the link, finds the old hours there, and learns on."""

import csv
import io
import re

import pytest
from flask import Flask

from enroll.handovers.services.kinds import KINDS
from tests.journeys.ground import PASSWORD, lay_ground
from tests.journeys.people import Page, Upload
from tests.journeys.proof import is_sound
from tests.journeys.world import BEGIN, World

pytestmark = pytest.mark.one_database  # the main road runs on both
GULI, CHEN = "guli@example.org", "chen.jing@example.org"


def a_list(kind: str, *rows: list[str]) -> Upload:
    """A list as a spreadsheet program in China writes it, from the blank one's heads."""
    out = io.StringIO()
    csv.writer(out).writerows([[one.titles[0] for one in KINDS[kind].columns], *rows])
    return Upload(out.getvalue().encode("gb18030"), "旧系统.csv")


def brings(world: World, kind: str, by: str, *rows: list[str]) -> Page:
    return world.staff(by).presses(f"/staff/handovers/{kind}", "检查文件", file=a_list(kind, *rows))


def test_lists_of_before_become_an_account_with_its_hours_and_its_certificate(app: Flask) -> None:
    app.extensions["clock"].set(BEGIN)
    lay_ground()
    world = World(app)
    admin, second = world.staff("admin"), world.staff("shenhe2")
    looked = brings(world, "learners", "admin", ["古丽米热·艾比布力", GULI, "1996-05-04", "C2611", "D1", "", "", "zh"],
                    ["陈静", "不是邮箱", "1990-13-02", "C2611", "D1", "", "", "zh"])
    looked.says("整体")
    assert not looked.offers("确认并写入")
    looked = brings(world, "learners", "admin", ["古丽米热·艾比布力", GULI, "1996-05-04", "C2611", "D1", "", "", "zh"],
                    ["陈静", CHEN, "1990-01-02", "C2611", "D1", "", "", "zh"])
    admin.fills_in(looked, "确认并写入")
    world.the_worker_runs()
    admin.reads("/staff/handovers/waiting").says("古丽米热·艾比布力", "陈静")

    kept = brings(world, "hours", "shenhe1", [GULI, "古丽米热·艾比布力", "G1", "知识", "600", "2026-03-01",
                                              "2026-05-31", "旧学习册第12页"])
    assert not kept.offers("确认并写入"), "who brings hours does not confirm them"
    second.presses(kept.address, "确认并写入")
    cert = brings(world, "certificates", "shangbao", [GULI, "古丽米热·艾比布力", "CAIP", "CAIP-202509-TX01-00000-0",
                                                      "2025-11-10", "", "扫描件"])
    world.staff("fazheng1").presses(cert.address, "确认并写入")
    world.the_worker_runs()

    letter = world.letters_to(GULI)[-1].get_content()
    found = re.search(r"/activate/[A-Za-z0-9_-]+", letter)
    assert found is not None
    learner = world.somebody("古丽米热")
    learner.presses(found[0], "启用我的账号", birth_date="1996-05-04", password=PASSWORD, privacy_notice=True)
    learner.reads("/hours").says("600", "旧学习册第12页")
    learner.reads("/study").says("大模型能做什么")
    admin.reads("/staff/handovers/waiting").says("陈静")
    assert "古丽米热" not in admin.reads("/staff/handovers/waiting").words
    again = world.somebody("再来")
    assert again.opens(found[0]).answer.status_code == 404
    visitor = world.somebody("雇主")
    visitor.presses("/verify", "查询", number="CAIP-202509-TX01-00000-0",
                    name="古丽米热·艾比布力").says("2025年11月10日")
    is_sound()
