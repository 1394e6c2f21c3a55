"""Practising: a round of questions, one answer each, remembered for repetition. Practice credits no hours."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from enroll.accounts.models import Account
from enroll.foundation.actor import Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import NotFound, Refused, problem
from enroll.foundation.references import public_token
from enroll.foundation.words import N_
from enroll.questions.models import PracticeDay, PracticeGoal, PracticeRound, QuestionCard
from enroll.questions.queries.papers import editions_of, pool_of_topics
from enroll.questions.queries.practice import (
    card_of,
    day_of,
    goal_of,
    known_of,
    own_question,
    practising,
    topics_for,
)
from enroll.questions.rules.papers import PooledQuestion, sensible_answer
from enroll.questions.rules.practice import GOALS, ROUND_SIZES, SELF_MARKS, Mode, chosen_for
from enroll.questions.rules.questions import FALSE, TRUE, Kind, is_right
from enroll.questions.rules.repetition import MASTERED, Memory, Recall, remembered
from enroll.storage.database import lock, transaction

NOTHING_FITS = {
    Mode.DUE: N_("Nothing is due for repetition today."),
    Mode.BOOK: N_("Your wrong-answer book is empty."),
    Mode.FAVOURITES: N_("You have no favourites yet."),
}
NO_QUESTIONS = N_("There are no questions here yet.")


@dataclass(frozen=True)
class Wish:
    """What somebody wants to practise; `topic` for practice by module, `size` in questions."""

    mode: str = Mode.RANDOM
    topic: str = ""
    size: int = 10


def start_round(wish: Wish, *, by: Actor, now: datetime) -> str:
    """Choose the questions of a round; gives its token. Raises Refused where nothing fits, or practice is not open."""
    with transaction() as session:
        lock(session, Account, Account.id == by.account_id)
        enrolment = practising(session, by.account_id)
        if enrolment is None:
            raise Refused(problem("not_studying", N_("Practice opens with your enrolment, once the training fee is "
                                                     "settled.")))
        token = public_token()
        topics = [one.code for one in topics_for(session, enrolment)]
        size = wish.size if wish.size in ROUND_SIZES else ROUND_SIZES[1]
        mode = Mode(wish.mode) if wish.mode in set(Mode) else Mode.RANDOM
        chosen = chosen_for(mode, pool_of_topics(session, topics), known_of(session, by.account_id, now), size=size,
                            topic=wish.topic, seed=token)
        if not chosen:
            raise Refused(problem("nothing_fits", NOTHING_FITS.get(mode, NO_QUESTIONS)))
        session.add(PracticeRound(token=token, account_id=by.account_id, mode=mode, topic=wish.topic[:20],
                                  paper=[_dealt(one, token) for one in chosen], answers={}, begun_at=now))
        return token


def answer_question(token: str, place: int, given: Sequence[str], *, by: Actor, now: datetime) -> None:
    """Answer one question of a round, once: a second answer changes nothing. A short answer waits to be compared.

    Raises NotFound, and Refused for an empty answer.
    """
    with transaction() as session:
        found = _own_round(session, token, place, by)
        if str(place) in found.answers:
            return
        item = found.paper[place - 1]
        edition = editions_of(session, [(item["question"], item["edition"])])[item["question"], item["edition"]]
        chosen = sensible_answer(edition.kind, item["options"], given)
        if not chosen:
            text = N_("Write your answer first.") if edition.kind in {Kind.FILL, Kind.SHORT} else \
                N_("Choose an answer first.")
            raise Refused(problem("answer_missing", text, field="answer"))
        right = is_right(edition.kind, edition.answer, chosen)
        recall = "" if right is None else Recall.RIGHT if right else _wrong(edition.answer, chosen, edition.kind)
        _note(session, found, place, {"chosen": chosen, "recall": recall, "at": now.isoformat()}, now)
        if recall:
            remember(session, by.account_id, item["question"], Recall(recall), now)


def compare_answer(token: str, place: int, recall: str, *, by: Actor, now: datetime) -> None:
    """Say how well a short answer met the model; once. Raises NotFound, and Refused for no such mark."""
    with transaction() as session:
        found = _own_round(session, token, place, by)
        answer = found.answers.get(str(place))
        if answer is None:
            raise NotFound("answer")
        if recall not in SELF_MARKS:
            raise Refused(problem("recall_missing", N_("Say how well your answer met the model."), field="recall"))
        if answer["recall"]:
            return
        _note(session, found, place, {**answer, "recall": recall}, now)
        remember(session, by.account_id, found.paper[place - 1]["question"], Recall(recall), now)


def keep_favourite(code: str, kept: bool, *, by: Actor, now: datetime) -> None:
    """Put a question the person has met among the favourites, or take it out. Raises NotFound."""
    with transaction() as session:
        lock(session, Account, Account.id == by.account_id)
        _own_card(session, code, by).favourite = kept


def keep_favourite_in(token: str, place: int, kept: bool, *, by: Actor, now: datetime) -> None:
    """The same for the question at a place of an own round, met or not. Raises NotFound."""
    with transaction() as session:
        found = _own_round(session, token, place, by)
        _card(session, by.account_id, found.paper[place - 1]["question"]).favourite = kept


def leave_book(code: str, *, by: Actor, now: datetime) -> None:
    """Take a question out of the wrong-answer book by hand. Raises NotFound."""
    with transaction() as session:
        lock(session, Account, Account.id == by.account_id)
        _own_card(session, code, by).in_book = False


def set_goal(goal: int, *, by: Actor, now: datetime) -> None:
    """How many questions a day, from today on. Raises Refused for a number that is not offered."""
    with transaction() as session:
        lock(session, Account, Account.id == by.account_id)
        if goal not in GOALS:
            raise Refused(problem("goal_unknown", N_("Choose one of the goals."), field="goal"))
        session.merge(PracticeGoal(account_id=by.account_id, goal=goal))
        if today := day_of(session, by.account_id, local_day(now)):
            today.goal = goal


def remember(session: Session, account_id: int | None, question_id: int, recall: Recall, now: datetime) -> None:
    """Keep how one answer went, in a transaction that holds the person's account: counts, the wrong-answer book, when
    the question is due again, the day.

    Wrong puts it into the book; right on three days in a row takes it out.
    """
    card = _card(session, account_id, question_id)
    right = recall == Recall.RIGHT
    known = None if card.reviewed_at is None or card.due_at is None else Memory(
        card.stability, card.hardness, card.reviewed_at, card.due_at)
    new_day = card.reviewed_at is None or local_day(card.reviewed_at) != local_day(now)
    memory = remembered(known, recall, now)
    card.stability, card.hardness = memory.stability, memory.hardness
    card.reviewed_at, card.due_at = memory.reviewed_at, memory.due_at
    card.times_asked += 1
    card.times_right += right
    if right:
        card.days_right += new_day or card.days_right == 0
        card.in_book = card.in_book and card.days_right < MASTERED
    else:
        card.days_right, card.in_book, card.wrong_at = 0, True, now
    _count_day(session, account_id, right, now)


def _count_day(session: Session, account_id: int | None, right: bool, now: datetime) -> None:
    today = day_of(session, account_id, local_day(now))
    if today is None:
        today = PracticeDay(account_id=account_id, day=local_day(now), answered=0, answered_right=0,
                            goal=goal_of(session, account_id))
        session.add(today)
    today.answered += 1
    today.answered_right += right


def _dealt(one: PooledQuestion, seed: str) -> dict[str, object]:
    options = list(one.options)
    random.Random(f"{seed}:{one.id}").shuffle(options)  # noqa: S311 - the order of options, not a secret
    return {"question": one.id, "edition": one.edition,
            "options": [TRUE, FALSE] if one.kind == Kind.JUDGE else options}


def _wrong(right: Sequence[str], chosen: Sequence[str], kind: str) -> Recall:
    """Some of several right answers and no wrong one is half known."""
    return Recall.PARTLY if kind == Kind.MULTIPLE and set(chosen) < set(right) else Recall.WRONG


def _own_round(session: Session, token: str, place: int, by: Actor) -> PracticeRound:
    lock(session, Account, Account.id == by.account_id)
    found = lock(session, PracticeRound, PracticeRound.token == token, PracticeRound.account_id == by.account_id)
    if not 1 <= place <= len(found.paper):
        raise NotFound("place")
    return found


def _note(session: Session, found: PracticeRound, place: int, answer: dict[str, object], now: datetime) -> None:
    found.answers = {**found.answers, str(place): answer}
    if len(found.answers) == len(found.paper) and all(one["recall"] for one in found.answers.values()):
        found.finished_at = now


def _own_card(session: Session, code: str, by: Actor) -> QuestionCard:
    question = own_question(session, by.account_id or 0, code)
    if question is None:
        raise NotFound(code)
    return _card(session, by.account_id, question.id)


def _card(session: Session, account_id: int | None, question_id: int) -> QuestionCard:
    card = card_of(session, account_id, question_id)
    if card is None:
        card = QuestionCard(account_id=account_id, question_id=question_id, times_asked=0, times_right=0, days_right=0,
                            in_book=False, favourite=False, stability=0, hardness=0)
        session.add(card)
        session.flush()
    return card
