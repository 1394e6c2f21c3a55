"""How much a page asks of the database: at most ten statements, and no more of them when its lists grow."""

import pytest

from enroll.accounts.models import Account
from enroll.storage.database import db
from tests.architecture.bad_input import filled_in_badly
from tests.architecture.the_forms import counted_statements, walked
from tests.architecture.the_tree import refuse
from tests.builders.accounts import an_account
from tests.builders.every_exam import the_exams
from tests.builders.every_page import STAFF, World, the_newcomers, the_office, the_working_days
from tests.builders.twins import give_twins

MOST = 10
pytestmark = pytest.mark.one_database

MORE: dict[str, tuple[int, str]] = {
    "applications_staff.case": (23, "the evidence of five packages beside the decision"),
    "certificates_staff.show": (20, "the evidence of a whole course: parts, door, hours, identity, fees"),
}
"""Pages that need more: (most statements of any page of this kind, why). Exact: with every mend it goes down."""


def forget() -> None:
    """Nobody uses the database: its file may be put back."""
    db.session.remove()
    db.engine.dispose()


def test_every_form_bears_bad_input_and_no_page_asks_much_nor_more_when_its_lists_grow(
    app, sign_in, database, databases,
):
    app.config["SITE_KEPT_SECONDS"] = 3600  # as in production, where a process asks about the house now and then only
    world = World()
    the_office(world)
    the_newcomers(world)
    the_working_days(world)
    the_exams(world)
    learners = [number for name, number in world.people.items() if "-" in name or name not in STAFF]
    world.add("everybody", an_account("everybody", *STAFF))
    walkers = walked(app, sign_in, world)
    refuse([wrong for walker in walkers.values() for wrong in walker.wrong], "A page that fails.")
    forget()
    databases.keep(database, "house")
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def again() -> None:
        forget()
        databases.bring_back(database, "house")

    refuse(filled_in_badly(walkers, again), "Bad input: a message at the field, nothing lost, nothing kept, no error.")
    app.config["PROPAGATE_EXCEPTIONS"] = None
    worst: dict[str, tuple[int, str, str]] = {}
    for name, walker in walkers.items():
        for address, number in walker.statements.items():
            worst[walker.endpoint(address)] = max(worst.get(walker.endpoint(address), (0, "", "")),
                                                  (number, name, address))
    db.session.rollback()
    give_twins([one for one in learners if one != world.people["luru"]], 4)
    grown = []
    for number, name, address in worst.values():
        with counted_statements() as after:
            walkers[name].browser.get(address).close()
        if after[0] > number:
            grown.append(f"{address} for {name}: {number}, then {after[0]}")
    refuse(grown, "These ask once for every row: load what belongs to the rows together.")
    over = {endpoint: number for endpoint, (number, _, _) in worst.items() if number > MOST}
    refuse([f"{endpoint}: {number}" for endpoint, number in sorted(over.items())
            if number > MORE.get(endpoint, (MOST, ""))[0]], f"At most {MOST} statements a page.")
    refuse([f"{endpoint}: {over.get(endpoint, 'ten or fewer')}" for endpoint, (allowed, _) in MORE.items()
            if over.get(endpoint) != allowed], "These ask less than their limit says: take it down, so that they stay.")
    assert db.session.get(Account, world.people["everybody"]) is not None
