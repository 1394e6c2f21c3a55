"""Every page and form of a house in full work: ten statements a page at most, no more of them when its lists grow, and
bad input is answered at the field. The suite looks at one road through a small house; `-m sweep` at every one."""

import pytest

from enroll.accounts.permissions import Role
from enroll.storage import outbox
from enroll.storage.database import db
from tests.architecture.bad_input import filled_in_badly
from tests.architecture.others_records import (
    what_another_name_shows,
    what_looking_changed,
    what_mixed_paths_show,
    what_others_may,
)
from tests.architecture.the_forms import Walker, counted_statements, walked
from tests.architecture.the_tree import refuse
from tests.builders.accounts import an_account
from tests.builders.every_exam import the_exams
from tests.builders.every_page import STAFF, WALKS, World, the_applications, the_newcomers, the_office, the_working_days
from tests.builders.twins import give_twins
from tests.conftest import NOON

MOST = 10

MORE: dict[str, tuple[int, str]] = {
    "applications_staff.case": (14, "the evidence of five packages beside the decision"),
    "certificates_staff.show": (12, "the evidence of a whole course: parts, door, hours, identity, fees"),
}
"""Pages that need more: (most statements of any page of this kind, why). Exact: with every mend it goes down."""


@pytest.mark.one_database
def test_the_pages_of_an_application_ask_little_and_bear_bad_input(app, sign_in, database, databases):
    world = World()
    the_office(world)
    the_applications(world, ("submitted", "returned"))
    world.walks = {name: WALKS[name] for name in (Role.REVIEWER, "draft", "submitted", "returned")}
    looked_over(app, sign_in, database, databases, world, everything=False)


@pytest.mark.sweep
def test_every_form_bears_bad_input_and_no_page_asks_much_nor_more_when_its_lists_grow(
    app, sign_in, database, databases,
):
    world = World()
    the_office(world)
    the_newcomers(world)
    the_working_days(world)
    the_exams(world)
    world.add("everybody", an_account("everybody", *STAFF))
    walkers = looked_over(app, sign_in, database, databases, world, everything=True)
    refuse(what_looking_changed(walkers), "A page is looked at; nothing is stored for it.")
    people = [name for name in walkers if name and name not in STAFF and name not in {"everybody", "luru"}]
    refuse(what_others_may(walkers, people), "Another's record is not there, nor is it changed.")
    refuse(what_another_name_shows(walkers, {name: world.people[name] for name in people}),
           "Whose pages they are is known from who is signed in, not from the address.")
    refuse(what_mixed_paths_show(walkers), "The second record of a path belongs to its first.")
    asked = worst_of(walkers)
    refuse([f"{endpoint}: {asked[endpoint][0]}" for endpoint, (allowed, _) in MORE.items()
            if asked[endpoint][0] != allowed], "These ask less than their limit says: take it down, so that they stay.")


def looked_over(app, sign_in, database, databases, world: World, *, everything: bool) -> dict[str, Walker]:
    """Everybody walks their pages, sends each form filled in badly, and walks once more with more in every list."""
    app.config["SITE_KEPT_SECONDS"] = 3600  # as in production, where a process asks about the house now and then only
    app.test_client().get("/help").close()
    while outbox.deliver(NOON, slow=False):
        pass  # what waits would be handled with each press, over and over
    walkers = walked(app, sign_in, world)
    refuse([wrong for walker in walkers.values() for wrong in walker.wrong], "A page that fails.")
    forget()
    databases.keep(database, "house")
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def again() -> None:
        forget()
        databases.bring_back(database, "house")

    refuse(filled_in_badly(walkers, again, everything=everything),
           "Bad input: a message at the field, nothing lost, nothing kept, no error.")
    app.config["PROPAGATE_EXCEPTIONS"] = None
    db.session.rollback()
    learners = [number for name, number in world.people.items() if "-" in name or name not in STAFF]
    give_twins([one for one in learners if one != world.people.get("luru")], 4)
    worst = worst_of(walkers)
    refuse([f"{address} for {name}: {number}, then {more}" for number, name, address in worst.values()
            if (more := asked_again(walkers[name], address)) > number],
           "These ask once for every row: load what belongs to the rows together.")
    refuse([f"{endpoint}: {number}" for endpoint, (number, _, _) in sorted(worst.items())
            if number > MORE.get(endpoint, (MOST, ""))[0]], f"At most {MOST} statements a page.")
    return walkers


def forget() -> None:
    """Nobody uses the database: its file may be put back."""
    db.session.remove()
    db.engine.dispose()


def worst_of(walkers: dict[str, Walker]) -> dict[str, tuple[int, str, str]]:
    """For each kind of page: the most statements, for whom, and at which address."""
    worst: dict[str, tuple[int, str, str]] = {}
    for name, walker in walkers.items():
        for address, number in walker.statements.items():
            endpoint = walker.endpoint(address)
            worst[endpoint] = max(worst.get(endpoint, (0, "", "")), (number, name, address))
    return worst


def asked_again(walker: Walker, address: str) -> int:
    with counted_statements() as number:
        walker.browser.get(address).close()
    return number[0]
