"""Nobody came to the theory exam: absent is no mark, and what was sat still counts."""

import pytest

from tests.journeys.examining import downloads_the_ticket, is_let_in, is_marked_absent
from tests.journeys.joining import CHEN, signs_in
from tests.journeys.marking import are_published, is_marked, marks_of
from tests.journeys.proof import every_decision, is_sound
from tests.journeys.world import World

pytestmark = pytest.mark.one_database  # the main road runs on both


def test_absent_is_no_mark_and_leads_to_the_resit_of_that_part(ticketed: World) -> None:
    world, learner = ticketed, signs_in(ticketed, CHEN)
    ticket = downloads_the_ticket(learner)
    world.it_is("2027-01-16 11:29")
    office = world.staff("kaowu")
    early = office.reads("/staff/admission/202701-BJ01-T/record/absent")
    assert office.sends(early, "记为缺考").status_code != 303, "before the sitting is over nobody is absent"
    world.it_is("2027-01-16 12:30")
    is_marked_absent(world, "T")
    world.it_is("2027-01-16 13:30")
    is_let_in(world, "P", ticket)
    learner.waits_for("成绩", "考务老师", until="2月19日（周五）10:00")

    sat = learner.reads(learner.reads("/applications").link("202701期考试"))
    sat.says("考试已结束", "成绩将于 2月19日（周五）10:00公布")
    assert "放弃报考" not in sat.words, "what is over is not given up"

    world.it_is("2027-01-25 09:00")
    grid = world.staff("luru").reads(f"{marks_of('T', '202701')}/enter")
    assert not grid.soup.select("input[name^='mark-']"), "an absent candidate gets no mark, not even a nought"
    is_marked(world, "P", "82")
    world.it_is("2027-02-19 10:00")
    are_published(world, "T", "P")
    learner.reads("/results").says("缺考", "82 / 100")
    assert "0 / 100" not in learner.reads("/results").words
    learner.must("报名补考", "选择场次", until="3月3日（周三）17:00")
    is_sound()
    every_decision(booking__mark_absent="考务老师", result__settle="system", result__publish="审核主管")
