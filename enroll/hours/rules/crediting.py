"""Minutes that go to the ledger, the most that may go there in a day, and why time was not counted."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from enroll.foundation.actor import Actor
from enroll.foundation.problems import OWN_RECORD, Problem, problem
from enroll.foundation.words import N_

MOST_MINUTES_A_ROW = 480


@dataclass(frozen=True)
class Credit:
    """What is to be credited, as it is called today. `source_key` names the one thing it is for (a study session, an
    attempt, an accepted work): the same key is never credited twice. `seconds_observed` stand behind the minutes where
    the server kept the time, and are 0 where a person decided."""

    source: str
    source_key: str
    section: str
    kind: str
    course_code: str
    course_title: str
    lesson_code: str
    title: str
    started_at: datetime
    ended_at: datetime
    minutes: int
    seconds_observed: int = 0


def credit_as_json(what: Credit) -> dict[str, Any]:
    """For keeping until somebody has decided."""
    return {**asdict(what), "started_at": what.started_at.isoformat(), "ended_at": what.ended_at.isoformat()}


def credit_of_json(kept: Mapping[str, Any], **changes: Any) -> Credit:
    """What was kept, with what the decision changes of it."""
    times = {name: datetime.fromisoformat(kept[name]) for name in ("started_at", "ended_at")}
    return Credit(**{**kept, **times, **changes})


def in_rows(what: Credit) -> list[Credit]:
    """As rows of the ledger, none of more minutes than a row holds; their keys are numbered."""
    parts: list[Credit] = []
    left = what.minutes
    while left > 0:
        minutes = min(left, MOST_MINUTES_A_ROW)
        parts.append(replace(what, minutes=minutes, source_key=f"{what.source_key}:{len(parts) + 1}"))
        left -= minutes
    return parts


@dataclass(frozen=True)
class NotCounted:
    """Seconds the server saw and did not count, with the code of the reason."""

    lesson_code: str
    title: str
    reason: str
    seconds: int
    session_token: str = ""


@dataclass(frozen=True)
class Why:
    """Why time was not counted, and what helps next time, in words for the learner."""

    label: str
    advice: str


UNCOUNTED = {
    "gap": Why(N_("The page was not heard from"),
               N_("Only time the server hears of counts. Keep the page open and the connection up.")),
    "idle": Why(N_("The video did not move on"),
                N_("It was loading or standing still. Time counts again as soon as it plays.")),
    "parallel_device": Why(N_("Another page or device was studying too"),
                           N_("One page counts at a time, the newest. Study on one device only.")),
    "over_daily_cap": Why(N_("More than a day's limit"),
                          N_("The limit starts afresh at midnight, Beijing time.")),
    "presence_missed": Why(N_("The question “Are you there?” was not answered"),
                           N_("Answer it on the page within the time shown; earlier time is kept.")),
    "seek_on_first_view": Why(N_("Part of the video was skipped on the first view"),
                              N_("Go back to where you left off; going back is always possible.")),
    "after_lesson_length": Why(N_("The lesson's minutes were already complete"),
                               N_("A lesson counts once, for its own length. Go on with the next one.")),
    "doubt_refused": Why(N_("Looked at by a person and not counted"),
                         N_("The reason was sent to you; the lesson can be studied again.")),
}


SOURCES = {
    "lesson": N_("Timed study"), "quiz": N_("Quiz passed"), "practice": N_("Practice accepted"),
    "live": N_("Live class"), "outside": N_("Claimed hours"), "manual": N_("Entered by hand"),
    "opening": N_("Brought over"), "doubt": N_("Counted after a look"), "dispute": N_("Counted after a dispute"),
    "reversal": N_("Taken back"),
}
KINDS = {"knowledge": N_("Knowledge"), "practice": N_("Practice")}
SECTIONS = {"general": N_("General section"), "direction": N_("Direction")}


def why_uncounted(code: str) -> Why:
    return UNCOUNTED.get(code, Why(N_("Not counted"), ""))


def within_cap(minutes: int, credited_that_day: int, most_a_day: int) -> tuple[int, int]:
    """(minutes to credit, minutes above the day's limit)."""
    room = max(most_a_day - credited_that_day, 0)
    return min(minutes, room), max(minutes - room, 0)


@dataclass(frozen=True)
class ReversalFacts:
    """What taking an entry back depends on."""

    learner_account_id: int
    is_reversal: bool
    already_reversed: bool
    balance_after: int


def may_be_reversed(facts: ReversalFacts, actor: Actor) -> tuple[Problem, ...]:
    """Why this entry cannot be taken back; () when it can. An entry is taken back once, a reversal never."""
    found = []
    if actor.account_id == facts.learner_account_id:
        found.append(OWN_RECORD)
    if facts.is_reversal:
        found.append(problem("is_reversal", N_("This entry takes another one back; it cannot be taken back itself.")))
    if facts.already_reversed:
        found.append(problem("already_reversed", N_("This entry has already been taken back.")))
    if facts.balance_after < 0:
        found.append(problem("balance_negative", N_("Less than nothing would be left.")))
    return tuple(found)
