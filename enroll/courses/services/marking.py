"""Works are taken by a trainer or given to one, and several are accepted with one rubric."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from enroll.accounts.models import Account
from enroll.accounts.permissions import Permission
from enroll.audit.services import record as note_act
from enroll.courses.events import PracticeWorkGiven
from enroll.courses.lifecycle import WorkState
from enroll.courses.models.works import PracticeWork
from enroll.courses.queries.marking import works_named
from enroll.courses.services.practice import accept_work
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NotFound, Problem, Refused, Stale, problem
from enroll.foundation.words import N_
from enroll.storage import outbox
from enroll.storage.database import lock, transaction

MOST_AT_ONCE = 50
CHANGED = problem("changed", N_("It has changed since you looked; look at it by itself."))
ANOTHER_TASK = problem("another_task", N_("It is the work of another task, with a rubric of its own."))


@dataclass(frozen=True)
class Marked:
    """What became of one work: `outcome` done or refused, with the reasons."""

    label: str
    reference: str
    outcome: str
    problems: tuple[Problem, ...] = ()


def give_work(reference: str, trainer_id: int | None, *, by: Actor, now: datetime) -> None:
    """Take a work that waits for oneself, give it to another trainer, or to nobody (None). Raises NotFound, Refused."""
    with transaction() as session:
        work = lock(session, PracticeWork, PracticeWork.reference == reference)
        if not by.may(Permission.TEACH):
            raise NotFound("PracticeWork")
        if work.state != WorkState.HANDED_IN:
            raise Refused(problem("not_waiting", N_("This work does not wait for a trainer.")))
        trainer = session.get(Account, trainer_id) if trainer_id is not None else None
        if trainer_id is not None and (trainer is None or not trainer.actor_at(now).may(Permission.TEACH)):
            raise Refused(problem("trainer_unknown", N_("Choose somebody who teaches."), field="trainer"))
        if trainer is not None and trainer.id == work.enrolment.learner.account_id:
            raise Refused(problem("own_work", N_("Nobody marks their own work."), field="trainer"))
        work.trainer_id = trainer_id
        note_act(session, "practice_work.give", reference, by=by, now=now, learner_id=work.learner_id,
                 trainer=trainer_id)
        if trainer_id is not None and trainer_id != by.account_id:
            outbox.record(session, PracticeWorkGiven(reference, trainer_id, by.name), now)


def accept_several(
    seen: Mapping[str, int], points: Mapping[int, int | None], comment: str, *, by: Actor, now: datetime
) -> Sequence[Marked]:
    """Accept the works in the versions that were looked at, all with these points; one outcome a row, and what one is
    refused for holds nobody else up. All must be works of one lesson. Raises Refused for points out of bounds."""
    outcomes = []
    with transaction() as session:
        works = works_named(session, list(seen)[:MOST_AT_ONCE])
        code = works[0].lesson.code if works else ""
        rows = [(one.reference, one.enrolment.learner.legal_name, one.lesson.code == code) for one in works]
        for reference, name, fits in rows:
            outcomes.append(_accept(reference, name, fits, seen[reference], points, comment, by, now))
    return outcomes


def _accept(
    reference: str, name: str, fits: bool, version: int, points: Mapping[int, int | None], comment: str, by: Actor,
    now: datetime,
) -> Marked:
    if not fits:
        return Marked(name, reference, "refused", (ANOTHER_TASK,))
    try:
        accept_work(reference, points, comment, by=by, now=now, version=version)
    except Refused as refused:
        if any(one.code == "points_out_of_bounds" for one in refused.problems):
            raise
        return Marked(name, reference, "refused", refused.problems)
    except Stale:
        return Marked(name, reference, "refused", (CHANGED,))
    return Marked(name, reference, "done")
