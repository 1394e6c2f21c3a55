"""A pass in one part: the resit of the other in the next window, approved by itself, and the certificate after it."""

import pytest

from tests.journeys.applying import applies
from tests.journeys.examining import downloads_the_ticket, gets_a_ticket, is_let_in
from tests.journeys.joining import CHEN, is_paid, signs_in
from tests.journeys.marking import are_published, is_marked
from tests.journeys.people import Person
from tests.journeys.proof import every_decision, is_sound
from tests.journeys.world import World

pytestmark = pytest.mark.one_database  # the main road runs on both


def test_only_the_missing_part_is_sat_again_and_both_make_the_pass(ticketed: World) -> None:
    learner = signs_in(ticketed, CHEN)
    passes_in_part(ticketed, learner)
    sits_again(ticketed, learner)
    is_sound()
    every_decision(application__approve="审核员甲", application__approve_resit="system", result__publish="审核主管",
                   certificate__begin="system")


def passes_in_part(world: World, learner: Person) -> None:
    ticket = downloads_the_ticket(learner)
    for part, at, mark in (("T", "2027-01-16 09:00", "55"), ("P", "2027-01-16 13:30", "82")):
        world.it_is(at)
        is_let_in(world, part, ticket)
        is_marked(world, part, mark)
    world.it_is("2027-02-19 10:00")
    are_published(world, "T", "P")
    learner.reads("/results").says("部分合格", "55 / 100", "82 / 100")


def sits_again(world: World, learner: Person) -> None:
    step = learner.must("报名补考", "选择场次", until="3月3日（周三）17:00")
    offered = {str(one["name"]) for one in learner.reads(step.href).soup.select("main input[type=radio]")}
    assert offered == {"sitting_theory"}
    applies(learner, sitting_theory="202703-BJ01-T")
    learner.must("缴考试费", "查看缴费方式")
    learner.reads("/fees").says("补考费（理论）", "¥180.00")
    is_paid(world, "F000003", "WX20270219001")
    world.it_is("2027-03-15 09:30")
    gets_a_ticket(world, "T", window="202703")
    ticket = downloads_the_ticket(learner)
    world.it_is("2027-03-20 09:00")
    is_let_in(world, "T", ticket, window="202703")
    is_marked(world, "T", "75", window="202703")
    world.it_is("2027-04-23 10:00")
    are_published(world, "T", window="202703")
    learner.reads("/results").says("合格", "75 / 100", "82 / 100")
    learner.waits_for("证书", "考务老师", until="5月6日（周四）18:00")
