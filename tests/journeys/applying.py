"""From the open window to a confirmed seat: application, review, exam fee."""

from typing import Any

from tests.journeys.people import ALL, Page, Person
from tests.journeys.world import World

BEIJING = {"sitting_theory": "202701-BJ01-T", "sitting_practical": "202701-BJ01-P"}


def applies(person: Person, **sittings: str) -> str:
    """Sittings, details, check, done, beginning where the front page leads; gives the reference."""
    choose = person.reads(person.next_step().href)
    details = person.fills_in(choose, "下一步：照片与信息", **(sittings or BEIJING)).says("照片与信息")
    check = person.reads(details.link("下一步：核对信息"))
    done = person.fills_in(check, "提交报名", agreed=ALL)
    done.says("报名已提交", "座位已为你保留")
    return done.address.split("/")[2]


def case_of(reviewer: Person, name: str) -> Page:
    """The application as a reviewer opens it from the list."""
    return reviewer.reads(reviewer.reads("/staff/applications").link(name))


def decides(world: World, name: str, **decision: Any) -> None:
    """A reviewer takes the case, decides, and has it out of the list of what waits."""
    reviewer = world.staff("shenhe1")
    case = case_of(reviewer, name)
    if case.offers("领取本件"):  # what was returned comes back to its reviewer by itself
        case = reviewer.fills_in(case, "领取本件", "/claim")
    reviewer.fills_in(case, "提交并看下一件", "/decide", **decision).says("暂无报名")


def is_approved(world: World, name: str) -> None:
    """With the photo, which nobody has judged before."""
    decides(world, name, decision="approve", accept_photo=True)
