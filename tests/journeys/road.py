"""The road of one learner as far as every journey goes it."""

from tests.journeys.joining import CHEN, enrols, is_paid, is_verified, says_who_they_are, signs_up
from tests.journeys.people import Person
from tests.journeys.studying import TASKS, hands_in, is_accepted, studies
from tests.journeys.world import World


def thirty_five_hours(world: World) -> Person:
    """From nobody to the proof of hours, and on to the morning on which registration opens."""
    learner = signs_up(world, CHEN)
    fee = enrols(learner)
    world.it_is("2026-11-02 14:00")
    is_paid(world, "F000001", "WX20261102001")
    studies(world, learner)
    says_who_they_are(learner, CHEN)
    for task in TASKS:
        hands_in(learner, task)
    world.it_is("2026-11-06 10:00")
    is_verified(world, CHEN)
    is_accepted(world)
    world.the_worker_runs()
    world.it_is("2026-11-16 09:00")
    return learner
