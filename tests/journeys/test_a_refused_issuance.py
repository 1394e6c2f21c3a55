"""A case that is not passed: the learner reads why and how to appeal, nothing is reported, another looks again."""

import pytest

from tests.journeys.examining import downloads_the_ticket, is_let_in
from tests.journeys.issuing import case_of, is_approved_twice
from tests.journeys.joining import CHEN, signs_in
from tests.journeys.marking import are_published, is_marked
from tests.journeys.people import Person
from tests.journeys.proof import every_decision, is_sound
from tests.journeys.world import World

pytestmark = pytest.mark.one_database  # the main road runs on both

WHY = "考试照片与证件照不一致，请在 15 天内申诉并提交近期照片。"


def test_a_refusal_says_why_and_how_to_appeal_and_somebody_else_looks_again(ticketed: World) -> None:
    world, learner = ticketed, signs_in(ticketed, CHEN)
    passes_both_parts(world, learner)
    world.it_is("2027-02-22 10:00")
    refuser = world.staff("fazheng1")
    case = refuser.fills_in(case_of(world, "fazheng1"), "不予发证并告知学员", code="photo_not_current", reason=WHY)
    case.says("不予发证")
    world.the_worker_runs()
    step = learner.must("未通过发证审核", "查看决定")
    learner.reads(step.href).says(WHY, "申诉", "C2701-0001")
    liaison = world.staff("shangbao")
    page = liaison.reads("/staff/exchange")
    assert liaison.sends(page, "生成草稿", window="202701", kind="issuance").status_code == 422, "nobody to report"

    world.it_is("2027-02-24 10:00")
    assert not refuser.reads(case.address).offers("申诉后重新审核")
    other = world.staff("fazheng2")
    other.presses(case.address, "申诉", "/reopen", reason="核对监考记录，确为本人").says("待发证审核")
    learner.waits_for("证书", "考务老师", until="3月2日（周二）18:00")
    is_approved_twice(world)
    is_sound()
    every_decision(certificate__refuse="发证审核员甲", certificate__reopen="发证审核员乙",
                   certificate__approve_first="发证审核员甲", certificate__approve_second="发证审核员乙")


def passes_both_parts(world: World, learner: Person) -> None:
    ticket = downloads_the_ticket(learner)
    for part, at in (("T", "2027-01-16 09:00"), ("P", "2027-01-16 13:30")):
        world.it_is(at)
        is_let_in(world, part, ticket)
        is_marked(world, part, "82")
    world.it_is("2027-02-19 10:00")
    are_published(world, "T", "P")
