"""A photo on the wrong background: returned with reasons, corrected by the named items, approved the second time."""

import pytest

from enroll.demo.pictures import PALE_BLUE, portrait
from tests.journeys.applying import applies, case_of, decides
from tests.journeys.joining import CHEN, sends_a_photo, signs_in
from tests.journeys.proof import every_decision, is_sound, who_did
from tests.journeys.world import World

pytestmark = pytest.mark.one_database  # the main road runs on both

WORDS = "学历请补充毕业院校。"


def test_only_the_named_items_are_open_and_the_reviewer_sees_what_changed(studied: World) -> None:
    world, learner = studied, signs_in(studied, CHEN)
    reference = applies(learner)
    world.it_is("2026-11-17 10:00")
    decides(world, "陈静", decision="return", words_education=WORDS,
            return_reasons=["photo:photo_background", "education:education_unverified"])
    world.the_worker_runs()
    assert "补正" in str(world.letters_to(CHEN.email)[-1]["Subject"])
    learner.must("补正报名材料", "查看要补正的内容", until="11月20日（周五）10:00")
    page = learner.reads(learner.next_step().href).says("照片背景不是白色", WORDS, "座位")
    correct = learner.reads(page.link("补正"))
    assert {one["name"] for one in correct.soup.select("main textarea")} == {"education"}
    refused = learner.sends(correct, "重新提交", education="")
    assert refused.status_code == 422

    world.it_is("2026-11-18 20:00")
    sends_a_photo(learner, portrait("a second photo", female=True))
    learner.presses("/identity/check", "提交：证件照")
    done = learner.presses(f"/applications/{reference}/correct", "重新提交", education="北京示例大学，2018 年毕业")
    done.says("待审核")
    learner.waits_for("审核", "考务老师")

    world.it_is("2026-11-19 10:00")
    case = case_of(world.staff("shenhe1"), "陈静").says("与上次提交的差异", "北京示例大学")
    assert case.soup.select("main figure img"), "old and new picture side by side"
    decides(world, "陈静", decision="approve", accept_photo=True)
    learner.must("缴考试费", "查看缴费方式", until="1月4日（周一）17:00")
    is_sound()
    every_decision(application__return="审核员甲", application__resubmit="陈静", application__approve="审核员甲")
    assert who_did("identity_check.verify").count("审核员甲") == 2


def test_what_was_verified_before_is_not_offered_for_correction(studied: World) -> None:
    learner = signs_in(studied, CHEN)
    applies(learner)
    case = case_of(studied.staff("shenhe1"), "陈静")
    offered = {str(one["value"]).split(":")[0] for one in case.soup.find_all("input", attrs={"name": "return_reasons"})}
    assert "photo" in offered
    assert not offered & {"name", "id_document"}, "the identity is verified, and locked since"


def test_a_photo_is_refused_before_a_person_looks_at_it_where_the_machine_can_see_it(studied: World) -> None:
    learner = signs_in(studied, CHEN)
    applies(learner)
    studied.it_is("2026-11-17 10:00")
    decides(studied, "陈静", decision="return", return_reasons=["photo:photo_background"])
    sends_a_photo(learner, portrait("blue", female=True, background=PALE_BLUE))
    learner.reads("/identity/photo").says("背景")
