"""How a paper is drawn and marked, and when an attempt may begin, be saved and handed in. The server keeps the time."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_
from enroll.questions.rules.questions import CHOSEN, DIFFICULTY_NAMES, FALSE, TRUE, Kind, is_right

# Between the last second on the page and the arrival of what it sends.
GRACE = timedelta(seconds=10)
MOST_TYPED = 500
MOST_QUESTIONS, MOST_POINTS = 200, 10_000


@dataclass(frozen=True)
class PooledQuestion:
    """What the draw needs to know of a question; `edition` is the version of its text that is asked now."""

    id: int
    kind: str
    options: tuple[str, ...]
    topic: str = ""
    difficulty: int = 1
    edition: int = 1


@dataclass(frozen=True)
class Section:
    """So many questions of one kind, module and difficulty ('' and 0 are any), worth so many points each; `partial` for
    some of several right answers and no wrong one."""

    kind: str
    count: int
    points: int
    partial: int = 0
    topic: str = ""
    difficulty: int = 0

    def takes(self, one: PooledQuestion) -> bool:
        return (self.kind in ("", one.kind) and self.topic in ("", one.topic)
                and self.difficulty in (0, one.difficulty))


@dataclass(frozen=True)
class PaperItem:
    question: int
    options: tuple[str, ...]
    points: int
    partial: int
    edition: int = 1


@dataclass(frozen=True)
class StartFacts:
    """What the start of an attempt depends on; `failed_at` is when the last one was handed in and not passed."""

    attempts_today: int
    attempts_a_day: int
    failed_at: datetime | None
    cool_down_minutes: int


def draw(pool: Iterable[PooledQuestion], sections: Sequence[Section], seed: str) -> tuple[PaperItem, ...]:
    """A paper from the pool: the same seed and pool give the same paper. Options are shuffled, except true or false.

    A section that asks for more than the pool has takes all there is; no question comes twice.
    """
    chance = random.Random(seed)  # noqa: S311 - fairness of a quiz, not a secret
    left = sorted(pool, key=lambda one: one.id)
    paper: list[PaperItem] = []
    for section in sections:
        fitting = [one for one in left if section.takes(one)]
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


def earned(kind: str, item: PaperItem, right: Sequence[str], chosen: Sequence[str]) -> int:
    """The points of one answered question of a paper; what was typed is compared as `normalised` says."""
    if kind in CHOSEN:
        return points_for(right, chosen, item.points, item.partial)
    return item.points if is_right(kind, right, chosen) else 0


def is_passed(points: int, full: int, pass_percent: int) -> bool:
    return full > 0 and points * 100 >= pass_percent * full


def sensible_answers(
    paper: Iterable[tuple[PaperItem, str]], given: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """What was chosen, as far as the paper has it: unknown questions and options are dropped, and a question with one
    answer keeps the first. The paper comes with each question's kind."""
    kept: dict[str, list[str]] = {}
    for item, kind in paper:
        chosen = sensible_answer(kind, item.options, given.get(str(item.question), ()))
        if chosen:
            kept[str(item.question)] = chosen
    return kept


def sensible_answer(kind: str, options: Sequence[str], given: Sequence[str]) -> list[str]:
    """One answer as far as the question has it; [] for none."""
    if kind not in CHOSEN:
        return [text[:MOST_TYPED] for text in given if text.strip()][:1]
    chosen = [key for key in dict.fromkeys(given) if key in options]
    return sorted(chosen if kind == Kind.MULTIPLE else chosen[:1])


def changed_answers(
    kept: Mapping[str, Sequence[str]], given: Mapping[str, Sequence[str]], seen: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """What is kept after a page sends `given`, where the page had shown `seen`: a question that this page left as it
    was keeps what another device has chosen meanwhile; of two changes the later one counts."""
    merged = {key: list(chosen) for key, chosen in kept.items()}
    for key in {*given, *seen}:
        chosen_now, chosen_before = sorted(given.get(key, ())), sorted(seen.get(key, ()))
        if chosen_now != chosen_before:
            merged[key] = chosen_now
    return {key: chosen for key, chosen in merged.items() if chosen}


def blueprint_faults(sections: Sequence[Section], pool: Sequence[PooledQuestion]) -> tuple[Problem, ...]:
    """Why no whole paper can be drawn by this blueprint from these questions; () when one can."""
    found = [fault for number, one in enumerate(sections, start=1) for fault in _section_faults(number, one)]
    if not sections:
        found.append(problem("blueprint_empty", N_("A paper needs at least one row.")))
    short = sum(one.count for one in sections) - len(draw(pool, sections, "count")) if not found else 0
    if short > 0:
        found.append(problem("pool_short", N_("The bank is %(short)d questions short of this paper."), short=short))
    return tuple(found)


def _section_faults(number: int, one: Section) -> list[Problem]:
    found = []
    if one.kind not in set(Kind) or one.kind == Kind.SHORT:
        text = N_("Row %(row)d: short answers are compared by the learner, so a paper with points has none.")
        found.append(problem("section_kind", text, row=number))
    if not 1 <= one.count <= MOST_QUESTIONS or not 1 <= one.points <= 100 or not 0 <= one.partial < one.points:
        text = N_("Row %(row)d: 1 to %(most)d questions, 1 to 100 points each, and fewer points for a part.")
        found.append(problem("section_numbers", text, row=number, most=MOST_QUESTIONS))
    elif one.partial and one.kind != Kind.MULTIPLE:
        text = N_("Row %(row)d: only questions with more than one answer give points for a part.")
        found.append(problem("section_partial", text, row=number))
    if one.difficulty not in (0, *DIFFICULTY_NAMES):
        found.append(problem("difficulty_unknown", N_("Difficulty is 1, 2 or 3.")))
    return found


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
        return PaperItem(one.id, (TRUE, FALSE), section.points, 0, one.edition)
    keys = list(one.options)
    chance.shuffle(keys)
    return PaperItem(one.id, tuple(keys), section.points, section.partial if one.kind == Kind.MULTIPLE else 0,
                     one.edition)
