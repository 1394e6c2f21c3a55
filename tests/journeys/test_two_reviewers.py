"""A case that one reviewer is unsure about: a colleague's word, the decision, the second look that the lot asks for."""

from datetime import date

import pytest
from sqlalchemy import select

from enroll.accounts.models import Account
from enroll.applications.models import SpotCheck
from enroll.programmes.services.settings import set_rule
from enroll.storage.database import db
from tests.journeys.applying import applies, case_of
from tests.journeys.joining import CHEN, signs_in
from tests.journeys.proof import every_decision, is_sound, who_did
from tests.journeys.world import World
from tests.pages import text_of

pytestmark = pytest.mark.one_database  # what it rests on is asked on both elsewhere


def every_approval_is_drawn(world: World) -> None:
    by = db.session.scalars(select(Account).where(Account.username == "admin")).one().actor_at(world.now)
    set_rule("CAIP", "spot_check_percent", 100, date(2026, 11, 16), False, "抽查试行", by=by, now=world.now)


def test_the_decision_waits_for_the_opinion_and_the_approval_is_looked_at_again_and_the_learner_notices_nothing(
    studied: World,
) -> None:
    world, learner = studied, signs_in(studied, CHEN)
    every_approval_is_drawn(world)
    reference = applies(learner)
    letters = len(world.letters_to(CHEN.email))
    world.it_is("2026-11-17 10:00")
    world.the_worker_runs()
    first, second, lead = world.staff("shenhe1"), world.staff("shenhe2"), world.staff("zhuguan")

    colleagues = first.reads(case_of(first, "陈静").link("内部会商"))
    first.fills_in(colleagues, "征询会商意见", "/opinions", question="照片与证件像是同一人吗？")
    waits = first.sends(case_of(first, "陈静"), "提交并看下一件", "/decide", decision="approve", accept_photo=True)
    assert "正在征询会商意见，须待意见给出" in text_of(waits)

    asked = second.reads(second.reads("/staff/applications/opinions").says("照片与证件像是同一人吗？").link("陈静"))
    second.fills_in(asked, "提交意见", "/answer", advice="approve", reason="耳廓和脸型一致")
    first.reads(f"/staff/applications/{reference}/colleagues").says("我会通过", "耳廓和脸型一致")
    first.fills_in(case_of(first, "陈静"), "提交并看下一件", "/decide", decision="approve", accept_photo=True)

    world.the_worker_runs()
    check = db.session.scalars(select(SpotCheck)).one().reference
    db.session.rollback()
    address = f"/staff/applications/spot-checks/{check}"
    first.reads(address).says("该件由你审核通过")
    second.fills_in(second.reads(address), "我不会通过", "/disagree", reason="背景略偏灰")
    lead.reads(lead.reads("/staff/applications/spot-checks?tab=doubted").link(check)).says("背景略偏灰")
    lead.fills_in(lead.reads(address), "维持审核通过", "/settle", reason="在规则允许范围内")

    learner.must("缴考试费", "查看缴费方式", until="1月4日（周一）17:00")
    said = " ".join(str(letter["Subject"]) for letter in world.letters_to(CHEN.email)[letters:])
    assert "会商" not in said
    assert "抽查" not in said
    is_sound()
    every_decision(application__approve="审核员甲", second_opinion__answer="审核员乙", spot_check__disagree="审核员乙",
                   spot_check__settle="审核主管")
    assert who_did("second_opinion.begin") == ["审核员甲"]
