"""When a question that went wrong is asked again: spaced repetition by FSRS.

FSRS (Free Spaced Repetition Scheduler, open-spaced-repetition) keeps for each question how long it is remembered
(stability, days until nine in ten would still know it) and how hard it is for this person (1 to 10). We use its
published default weights, without short steps within a day: what is wrong today comes again tomorrow at the earliest.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from fsrs import Card, Rating, Scheduler, State

from enroll.foundation.clock import at_beijing, local_day

LONGEST_DAYS = 60  # an exam comes every two months
# Right on so many different days in a row, and a question leaves the wrong-answer book by itself.
MASTERED = 3
SCALE = 1000
SCHEDULER = Scheduler(desired_retention=0.9, learning_steps=(), relearning_steps=(), maximum_interval=LONGEST_DAYS,
                      enable_fuzzing=False)


class Recall(StrEnum):
    """How well somebody knew it; for a short answer they say so themselves."""

    WRONG = "wrong"
    PARTLY = "partly"
    RIGHT = "right"


RATINGS = {Recall.WRONG: Rating.Again, Recall.PARTLY: Rating.Hard, Recall.RIGHT: Rating.Good}


@dataclass(frozen=True)
class Memory:
    """What is kept of one question for one person. Stability in thousandths of a day, hardness in thousandths."""

    stability: int
    hardness: int
    reviewed_at: datetime
    due_at: datetime


def remembered(memory: Memory | None, recall: Recall, now: datetime) -> Memory:
    """The memory after one more answer; due at the beginning of a day in Beijing, never on the same day."""
    now = now.astimezone(UTC)  # the library asks for it
    card = Card(card_id=1, due=now) if memory is None else Card(
        card_id=1, state=State.Review, stability=memory.stability / SCALE, difficulty=memory.hardness / SCALE,
        due=memory.due_at, last_review=memory.reviewed_at,
    )
    after, _ = SCHEDULER.review_card(card, RATINGS[recall], review_datetime=now)
    day = max(local_day(after.due), local_day(now) + timedelta(days=1))
    return Memory(round((after.stability or 0) * SCALE), round((after.difficulty or 0) * SCALE), now, at_beijing(day))
