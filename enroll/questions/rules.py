"""How a paper is drawn and marked, and when an attempt may begin, be saved and handed in. The server keeps the time."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_

# Between the last second on the page and the arrival of what it sends.
GRACE = timedelta(seconds=10)
TRUE, FALSE = "T", "F"


class Kind(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    JUDGE = "judge"


KIND_NAMES = {
    Kind.SINGLE: N_("One answer"),
    Kind.MULTIPLE: N_("More than one answer"),
    Kind.JUDGE: N_("True or false"),
}


@dataclass(frozen=True)
class NewQuestion:
    """A question for the bank. `answer` are the keys of the right options; for true or false ('T',) or ('F',)."""

    code: str
    kind: str
    topic: str
    section: str
    stem: str
    answer: tuple[str, ...]
    options: Mapping[str, str]
    explanation: str = ""
    difficulty: int = 1


@dataclass(frozen=True)
class PooledQuestion:
    """What the draw needs to know of a question."""

    id: int
    kind: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """So many questions of one kind ('' is any), worth so many points each; `partial` for part of the right answers."""

    kind: str
    count: int
    points: int
    partial: int = 0


@dataclass(frozen=True)
class PaperItem:
    question: int
    options: tuple[str, ...]
    points: int
    partial: int


@dataclass(frozen=True)
class StartFacts:
    """What the start of an attempt depends on; `failed_at` is when the last one was handed in and not passed."""

    attempts_today: int
    attempts_a_day: int
    failed_at: datetime | None
    cool_down_minutes: int


def question_faults(new: NewQuestion) -> tuple[Problem, ...]:
    """Why this question cannot be asked; () when it can."""
    found = []
    keys = {TRUE, FALSE} if new.kind == Kind.JUDGE else set(new.options)
    if new.kind not in set(Kind):
        text = N_("There is no kind of question “%(kind)s”.")
        found.append(problem("kind_unknown", text, field="kind", kind=new.kind))
    if not new.stem.strip():
        found.append(problem("stem_missing", N_("The question has no text."), field="stem"))
    if len(keys) < 2 or any(not text.strip() for text in new.options.values()):
        text = N_("A question needs at least two options with text.")
        found.append(problem("options_missing", text, field="options"))
    if not new.answer or not set(new.answer) <= keys or len(set(new.answer)) != len(new.answer):
        found.append(problem("answer_unknown", N_("The right answers are not among the options."), field="answer"))
    if (len(new.answer) > 1) != (new.kind == Kind.MULTIPLE) and new.answer:
        found.append(problem("answer_count", N_("Only a question with more than one answer has several right ones, and "
                                                "it has at least two."), field="answer"))
    return tuple(found)


def draw(pool: Iterable[PooledQuestion], sections: Sequence[Section], seed: str) -> tuple[PaperItem, ...]:
    """A paper from the pool: the same seed and pool give the same paper. Options are shuffled, except true or false.

    A section that asks for more than the pool has takes all there is; no question comes twice.
    """
    chance = random.Random(seed)  # noqa: S311 - fairness of a quiz, not a secret
    left = sorted(pool, key=lambda one: one.id)
    paper: list[PaperItem] = []
    for section in sections:
        fitting = [one for one in left if section.kind in ("", one.kind)]
        drawn = chance.sample(fitting, min(section.count, len(fitting)))
        taken = {one.id for one in drawn}
        left = [one for one in left if one.id not in taken]
        paper += [_item(one, section, chance) for one in drawn]
    return tuple(paper)


def full_points(paper: Iterable[PaperItem]) -> int:
    return sum(item.points for item in paper)


def points_for(right: Sequence[str], chosen: Sequence[str], points: int, partial: int) -> int:
    """All right ones and no other: the points. Some right ones and no other: the partial points. Else nothing."""
    if set(chosen) == set(right):
        return points
    if chosen and set(chosen) < set(right):
        return partial
    return 0


def is_passed(points: int, full: int, pass_percent: int) -> bool:
    return full > 0 and points * 100 >= pass_percent * full


def sensible_answers(
    paper: Iterable[tuple[PaperItem, str]], given: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """What was chosen, as far as the paper has it: unknown questions and options are dropped, and a question with one
    answer keeps the first. The paper comes with each question's kind."""
    kept: dict[str, list[str]] = {}
    for item, kind in paper:
        chosen = [key for key in dict.fromkeys(given.get(str(item.question), ())) if key in item.options]
        if chosen:
            kept[str(item.question)] = sorted(chosen if kind == Kind.MULTIPLE else chosen[:1])
    return kept


def may_start(facts: StartFacts, now: datetime) -> tuple[Problem, ...]:
    """What stands against another attempt now."""
    found = []
    if facts.attempts_a_day and facts.attempts_today >= facts.attempts_a_day:
        found.append(problem("attempts_used", N_("Today's attempts are used up; the next one is possible tomorrow.")))
    if facts.failed_at is not None:
        again_at = facts.failed_at + timedelta(minutes=facts.cool_down_minutes)
        if now < again_at:
            found.append(problem("too_soon", N_("Read the explanations first; the next attempt opens at %(moment)s."),
                                 moment=again_at))
    return tuple(found)


def is_over(due_at: datetime, now: datetime) -> bool:
    """The grace for the way here included."""
    return now >= due_at + GRACE


ATTEMPT_CLOSED = problem("attempt_closed", N_("This attempt has been handed in; its answers no longer change."))


def _item(one: PooledQuestion, section: Section, chance: random.Random) -> PaperItem:
    if one.kind == Kind.JUDGE:
        return PaperItem(one.id, (TRUE, FALSE), section.points, 0)
    keys = list(one.options)
    chance.shuffle(keys)
    return PaperItem(one.id, tuple(keys), section.points, section.partial if one.kind == Kind.MULTIPLE else 0)
