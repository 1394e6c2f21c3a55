"""From the open window to a confirmed seat: application, review, exam fee."""

from tests.journeys.people import Page, Person
from tests.journeys.world import World

BEIJING = {"sitting_theory": "202701-BJ01-T", "sitting_practical": "202701-BJ01-P"}


def applies(person: Person, **sittings: str) -> str:
    """Sittings, details, check, done, beginning where the front page leads; gives the reference."""
    choose = person.reads(person.next_step().href)
    details = person.fills_in(choose, "下一步：照片与信息", **(sittings or BEIJING)).says("照片与信息")
    check = person.reads(details.link("下一步：核对信息"))
    done = person.fills_in(check, "提交报名", agreed=["commitment.1"])
    done.says("报名已提交", "座位已为你保留")
    return done.address.split("/")[2]


def case_of(reviewer: Person, name: str) -> Page:
    """The application as a reviewer opens it from the list, and claims it."""
    case = reviewer.reads(reviewer.reads("/staff/applications").link(name))
    return reviewer.fills_in(case, "领取本件", "/claim")


def is_approved(world: World, name: str) -> None:
    reviewer = world.staff("shenhe1")
    reviewer.fills_in(case_of(reviewer, name), "提交并看下一件", "/decide", decision="approve")
