"""Marks: keyed by one, keyed again by another, a difference decided by a third; locked, and published in one act."""

from tests.journeys.people import Page, Person
from tests.journeys.world import World


def marks_of(part: str, window: str) -> str:
    return f"/staff/results/sittings/{window}-BJ01-{part}"


def is_marked(world: World, part: str, first: str, second: str = "", window: str = "202701") -> None:
    """By the maker, and without sight of that by the checker."""
    at = marks_of(part, window)
    _keys(world.staff("luru"), f"{at}/enter", first)
    checker = world.staff("fuhe")
    blind = checker.reads(f"{at}/check")
    assert not [one for one in blind.soup.find_all("input") if one.get("value") == first], "the first entry shows"
    _keys(checker, f"{at}/check", second or first)


def _keys(person: Person, address: str, mark: str) -> None:
    page = person.reads(address)
    fields = [str(one["name"]) for one in page.soup.find_all("input") if str(one.get("name")).startswith("mark-")]
    person.fills_in(page, "保存本页", **dict.fromkeys(fields, mark)).says("已保存")


def is_decided(world: World, part: str, mark: str, why: str) -> None:
    """By somebody who keyed neither entry, from the list of the sitting."""
    third = world.staff("caijue")
    result = third.reads(third.reads(marks_of(part, "202701")).link("T2701"))
    third.fills_in(result.says("两次录入不一致"), "以此分数为准", mark=mark, reason=why).says("已裁定")


def are_published(world: World, *parts: str, window: str = "202701") -> Page:
    """Each sitting locked, then the whole window at once."""
    lead = world.staff("zhuguan")
    for part in parts:
        lead.presses(marks_of(part, window), "锁定本场次").says("已锁定")
    published = lead.presses(f"/staff/results/windows/{window}", "公布").says("成绩已公布")
    world.the_worker_runs()
    return published
