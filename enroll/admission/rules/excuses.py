"""An excuse 缓考: asked for by the learner with evidence, in time; decided by staff. It uses no attempt."""

from dataclasses import dataclass
from datetime import datetime

from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, OWN_RECORD, Problem, problem
from enroll.foundation.words import N_

MAY_BE_EXCUSED = ("confirmed", "ticketed", "absent")


@dataclass(frozen=True)
class ExcuseFacts:
    """Whose excuse it is (account), the booking's state, and until when it can be asked for (None: no limit)."""

    now: datetime
    learner_account_id: int
    booking_state: str
    asked_until: datetime | None = None
    results_published: bool = False


def may_be_excused(facts: ExcuseFacts) -> Problem | None:
    if facts.results_published:
        return problem("results_stand", N_("The results of this part are published. The attendance is corrected "
                                           "there."))
    if facts.booking_state in MAY_BE_EXCUSED:
        return None
    return problem("not_to_excuse", N_("Only somebody who is registered, or was absent, can be excused."))


def asked_in_time(facts: ExcuseFacts) -> Problem | None:
    if facts.asked_until is None or facts.now < facts.asked_until:
        return None
    return problem("excuse_too_late", N_("An excuse could be asked for until %(moment)s."), moment=facts.asked_until)


def against_asking(facts: ExcuseFacts) -> tuple[Problem, ...]:
    """Every reason why an excuse cannot be asked for now."""
    return tuple(one for one in (may_be_excused(facts), asked_in_time(facts)) if one is not None)


def is_their_excuse(facts: ExcuseFacts, actor: Actor) -> Problem | None:
    return None if actor.account_id == facts.learner_account_id else NOT_PERMITTED


def excused_by_another(facts: ExcuseFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id == facts.learner_account_id else None
