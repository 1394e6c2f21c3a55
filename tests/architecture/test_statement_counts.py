"""How much a page asks of the database: at most ten statements, and no more of them when its lists grow tenfold."""

import pytest

from enroll.accounts.models import Account
from enroll.storage.database import db
from tests.architecture.the_forms import counted_statements, walked
from tests.architecture.the_tree import refuse
from tests.builders.accounts import an_account
from tests.builders.every_exam import the_exams
from tests.builders.every_page import STAFF, World, the_newcomers, the_office, the_working_days
from tests.builders.twins import give_twins

MOST = 10
pytestmark = pytest.mark.one_database

ENTRY = "every condition of entry is asked afresh: identity, hours, consents, parts kept, seats, fees"
STEPS = "identity: the steps of the whole sign-up, each with its own records"
MORE: dict[str, tuple[int, str]] = {
    "applications.begin": (18, ENTRY), "applications.check": (19, ENTRY), "applications.choose": (13, ENTRY),
    "applications.correct": (16, ENTRY), "applications.give_up_page": (13, ENTRY), "applications.mine": (24, ENTRY),
    "applications.show": (17, ENTRY), "applications.withdraw_page": (13, ENTRY),
    "applications_staff.case": (55, "the whole file of an application on one page; not mended yet"),
    "applications_staff.queue": (14, "a queue with its filters, counts and days off; not mended yet"),
    "certificates_staff.show": (22, "the evidence of a whole course: parts, door, hours, identity, fees"),
    "home.show": (11, "one step of every part of the journey"),
    "hours.mine": (11, "map, ledger, doubts, proof and outlook on one page"),
    "learners.check_answers": (15, STEPS), "learners.crop": (11, STEPS), "learners.document": (11, STEPS),
    "learners.identity": (23, STEPS), "learners.photo": (12, STEPS),
    "results.mine": (12, "results, reviews, rules and the resit that is offered"),
    "staff_identities.show": (31, "the papers, checks and look-alikes of a learner; not mended yet"),
    "supervision.record": (11, "the printed record of everything"),
}
"""Pages that need more: (most statements of any page of this kind, why). A limit: take it down with every mend."""


def test_no_page_asks_much_nor_more_when_its_lists_grow(app, sign_in):
    world = World()
    the_office(world)
    the_newcomers(world)
    the_working_days(world)
    the_exams(world)
    learners = [number for name, number in world.people.items() if "-" in name or name not in STAFF]
    world.add("everybody", an_account("everybody", *STAFF))
    walkers = walked(app, sign_in, world)
    refuse([wrong for walker in walkers.values() for wrong in walker.wrong], "A page that fails.")
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
    assert db.session.get(Account, world.people["everybody"]) is not None
