"""Several cases approved at one press: only those that pass by themselves, each with an answer of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from enroll.applications.lifecycle import ApplicationState
from enroll.applications.models import Application
from enroll.applications.queries.case import application_by_reference
from enroll.applications.queries.exceptions import exceptions_of
from enroll.applications.services.reviewing import approve
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NotFound, Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.storage.database import db, let_go, lock, transaction

BATCH = 20
NOT_THERE = problem("not_there", N_("There is no such application."))
APPROVED_BEFORE = problem("approved_before", N_("It is approved already."))
HAS_EXCEPTIONS = problem("has_exceptions", N_("Something is to be looked at by now; open the case."))


class Outcome(StrEnum):
    DONE = "done"
    SKIPPED = "skipped"
    REFUSED = "refused"


@dataclass(frozen=True)
class Answered:
    """What became of one case, and why where it is not done."""

    reference: str
    outcome: Outcome
    problems: tuple[Problem, ...] = ()


def with_exceptions(references: Sequence[str], *, now: datetime) -> set[str]:
    """Of these cases, those with something a person must look at now. Reads pictures: asked before the transaction."""
    reading, found = db.session(), set()
    for reference in references:
        application = application_by_reference(reading, reference)
        if application is not None and application.state == ApplicationState.SUBMITTED and (
            exceptions_of(reading, application, now)
        ):
            found.add(reference)
    let_go(reading)
    return found


def approve_several(
    references: Sequence[str], *, looked_at: set[str], by: Actor, now: datetime
) -> list[Answered]:
    """Approve each on its own: one that is refused, or was decided meanwhile, holds back none of the others.
    `looked_at` are those with exceptions, which a person opens. Pressed again, it skips what is done."""
    answers = []
    with transaction() as session:
        for reference in references[:BATCH]:
            try:
                with session.begin_nested():
                    application = lock(session, Application, Application.reference == reference)
                    if application.state == ApplicationState.APPROVED:
                        answers.append(Answered(reference, Outcome.SKIPPED, (APPROVED_BEFORE,)))
                        continue
                    if reference in looked_at or application.exceptions != 0:
                        raise Refused(HAS_EXCEPTIONS)
                    approve(reference, by=by, now=now)
                answers.append(Answered(reference, Outcome.DONE))
            except Refused as refused:
                answers.append(Answered(reference, Outcome.REFUSED, refused.problems))
            except NotFound:
                answers.append(Answered(reference, Outcome.REFUSED, (NOT_THERE,)))
    return answers
