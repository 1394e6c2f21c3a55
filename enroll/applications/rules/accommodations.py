"""What may be asked and granted so that somebody can take the exam on equal terms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, OWN_RECORD, Problem, problem
from enroll.foundation.words import N_
from enroll.programmes.rules.arrangements import EXTRA_TIME


@dataclass(frozen=True)
class Granted:
    """What stands for one application. `minutes` is the extra time, 0 without."""

    codes: tuple[str, ...] = ()
    minutes: int = 0


@dataclass(frozen=True)
class AccommodationFacts:
    """Whose request it is (account), and until when seats are given."""

    learner_account_id: int
    now: datetime
    seating_by: datetime


def is_own(facts: AccommodationFacts, actor: Actor) -> Problem | None:
    return None if actor.account_id == facts.learner_account_id else NOT_PERMITTED


def is_anothers(facts: AccommodationFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id == facts.learner_account_id else None


def wish_faults(
    wished: Sequence[str], minutes: int | None, *, offered: Sequence[str], most_minutes: int
) -> tuple[Problem, ...]:
    """Everything against a list of accommodations with its extra minutes, asked or granted."""
    found = []
    if not wished or any(one not in offered for one in wished):
        found.append(problem("nothing_wished", N_("Choose what is needed."), field="wishes"))
    if EXTRA_TIME in wished and not 1 <= (minutes or 0) <= most_minutes:
        found.append(problem("minutes_out_of_range", N_("Between 1 and %(most)s extra minutes."), field="minutes",
                             most=most_minutes))
    return tuple(found)


def may_be_asked(*, live: bool, waiting: bool, now: datetime, until: datetime, offered: bool) -> Problem | None:
    """Until the rooms and seats are due; afterwards the exam office is asked in person."""
    if not offered:
        return problem("none_offered", N_("This exam offers no accommodations to choose from. Ask the exam office."))
    if not live:
        return problem("not_live", N_("This application has ended."))
    if waiting:
        return problem("one_waits", N_("A request is being looked at already. Wait for the answer, or withdraw it."))
    if now >= until:
        return problem("asked_too_late", N_("Rooms and seats were due on %(moment)s. Call the exam office: it decides "
                                            "what can still be arranged."), moment=until)
    return None
