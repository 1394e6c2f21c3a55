"""From sign-up to a certificate that anybody can check: by pages alone, with a clock that is moved.

At each stage the front page says one next step and who must act.
"""

from tests.journeys.examining import downloads_the_ticket, is_let_in
from tests.journeys.issuing import NUMBER, asks, is_approved_twice, is_numbered
from tests.journeys.joining import CHEN, signs_in
from tests.journeys.marking import are_published, is_decided, is_marked
from tests.journeys.people import Person
from tests.journeys.proof import every_decision, is_sound
from tests.journeys.world import World


def test_thirty_five_hours_become_a_proof_that_anybody_can_check(studied: World) -> None:
    learner = signs_in(studied, CHEN)
    hours = learner.reads(learner.reads("/home").link("35 学时")).says("已认定 1,575 / 1,575 分钟", "P000001")
    assert learner.downloads(hours.link("下载 PDF")).startswith(b"%PDF-")
    visitor = studied.somebody("an employer")
    visitor.reads(hours.link("/verify/")).says("P000001", "刚刚重新核算学时，与证明一致")
    is_sound()
    every_decision(identity_check__verify="审核员甲", practice_assignment__accept="教务老师", fee__pay="财务")


def test_a_learner_passes_and_the_body_issues(ticketed: World) -> None:
    learner = signs_in(ticketed, CHEN)
    sits_both_parts(ticketed, learner)
    passes(ticketed, learner)
    gets_the_certificate(ticketed, learner)
    is_sound()
    every_decision(
        application__submit="陈静", application__approve="审核员甲", fee__pay="财务", batch__send="报送专员",
        booking__release_ticket="考务老师", booking__check_in="考务老师", result__enter="成绩录入员",
        result__agree="成绩核对员甲", result__differ="成绩核对员甲", result__decide="成绩核对员乙",
        result__lock="审核主管", result__publish="审核主管", certificate__approve_first="发证审核员甲",
        certificate__approve_second="发证审核员乙", certificate__record="报送专员",
    )


def sits_both_parts(world: World, learner: Person) -> None:
    ticket = downloads_the_ticket(learner)
    for part, at in (("T", "2027-01-16 09:00"), ("P", "2027-01-16 13:30")):
        world.it_is(at)
        is_let_in(world, part, ticket)


def passes(world: World, learner: Person) -> None:
    learner.waits_for("成绩", "考务老师", until="2月19日（周五）10:00")
    reader = signs_in(world, CHEN, "en")
    reader.waits_for("Results", "the exam office", until="Fri 19 Feb, 10:00")
    world.it_is("2027-01-25 09:00")
    is_marked(world, "T", "70")
    is_marked(world, "P", "81", "82")
    assert "82" not in learner.reads("/results").words
    is_decided(world, "P", "82", "核对原卷，第 3 题漏加 1 分")
    world.it_is("2027-02-19 10:00")
    are_published(world, "T", "P")
    learner.reads("/results").says("合格", "70 / 100", "82 / 100")
    learner.waits_for("证书", "考务老师", until="3月2日（周二）18:00")
    reader.reads("/results").says("You passed", "70 / 100")
    reader.waits_for("Certificate", "the exam office", until="Tue 2 Mar, 18:00")


def gets_the_certificate(world: World, learner: Person) -> None:
    world.it_is("2027-02-22 10:00")
    is_approved_twice(world)
    world.it_is("2027-03-10 10:00")
    file = is_numbered(world)
    learner.must("证书已发放", "查看证书")
    signs_in(world, CHEN, "en").must("Your certificate is there", "Open the certificate")
    mine = learner.reads(learner.next_step().href).says(NUMBER, "证书已发放")
    assert learner.downloads(mine.link("下载 PDF")) == file, "the body's own file, to the byte"
    visitor = world.somebody("an employer")
    asks(visitor, NUMBER, "陈静").says("有效", NUMBER, "人工智能职场应用师")
    visitor.reads(mine.link("打开公开查询页")).says("有效", NUMBER)
    wrong_name, unknown = asks(visitor, NUMBER, "陈晶"), asks(visitor, NUMBER.replace("00001", "00002"), "陈静")
    assert wrong_name.words == unknown.words, "no answer tells a wrong name from an unknown number"
    wrong_name.says("没有编号和姓名都相符的记录")
