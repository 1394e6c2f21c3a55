"""Questions to staff 答疑: who answers what, how long it may take, what may be shown to everybody, what is similar."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, OWN_RECORD, Problem, problem
from enroll.foundation.words import N_

TARGET_WORKING_DAYS = 1  # to the first answer; both sides are told
MOST_WAITING = 20  # questions of one person that wait for an answer at once
MOST_GRAMS = 80
BEST_RATING = 5


class QuestionKind(StrEnum):
    """What it is about, and so who answers: trainers the study, advisers everything else."""

    STUDY = "study"
    SERVICE = "service"


KIND_NAMES = {
    QuestionKind.STUDY: N_("About what I study"),
    QuestionKind.SERVICE: N_("About hours, dates, registration or anything else"),
}
KIND_TAGS = {QuestionKind.STUDY: N_("Study"), QuestionKind.SERVICE: N_("Service")}
RATINGS = {5: N_("Very good"), 4: N_("Good"), 3: N_("It will do"), 2: N_("Not much help"), 1: N_("No help")}

# Words that stand in every question and so make none similar.
EMPTY = frozenset(["and", "are", "can", "does", "for", "how", "not", "that", "the", "this", "was", "what", "when",
                   "where", "why", "with", "you", "什么", "怎么", "如何", "为什", "可以", "请问", "老师", "您好",
                   "你好", "问题", "一下"])
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
WORD = re.compile(r"[a-z0-9]{2,}")
TELEPHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
DOCUMENT = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")


@dataclass(frozen=True)
class QuestionFacts:
    """Whose question it is (an account)."""

    asker_id: int


def is_their_question(facts: QuestionFacts, actor: Actor) -> Problem | None:
    return None if actor.account_id == facts.asker_id else NOT_PERMITTED


def answerer_is_another_person(facts: QuestionFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id == facts.asker_id else None


def may_ask_another(waiting: int) -> Problem | None:
    if waiting < MOST_WAITING:
        return None
    return problem("too_many_waiting", N_("%(number)d of your questions still wait for an answer. Add to one of them, "
                                          "or close what is settled."), number=waiting)


def rating_faults(rating: int | None) -> list[Problem]:
    if rating in RATINGS:
        return []
    return [problem("rating_unknown", N_("Choose one of the five."), field="rating")]


def names_a_person(texts: tuple[str, ...], legal_name: str) -> list[Problem]:
    """What must go before everybody may read an answer: the asker's name, a telephone or a document number."""
    found, whole = [], "\n".join(texts)
    if legal_name and legal_name in whole:
        found.append(problem("names_the_learner", N_("The learner's name stands in the text. Take it out.")))
    if TELEPHONE.search(whole) or DOCUMENT.search(whole):
        found.append(problem("numbers_of_a_person", N_("A telephone or document number stands in the text. Take it "
                                                       "out.")))
    return found


def grams_of(text: str) -> frozenset[str]:
    """What two texts are compared by: pairs of neighbouring Chinese characters, and words of other scripts."""
    plain = unicodedata.normalize("NFKC", text).lower()
    pairs = [run[place:place + 2] for run in HAN.findall(plain) for place in range(max(len(run) - 1, 1))]
    kept = dict.fromkeys(gram for gram in [*pairs, *WORD.findall(plain)] if gram not in EMPTY and len(gram) <= 30)
    return frozenset(list(kept)[:MOST_GRAMS])


def is_similar(shared: int, asked: int) -> bool:
    """Whether an answer that shares so many of the asked grams is worth showing: a quarter of them, at least two (one,
    where only one was asked)."""
    return shared >= min(2, asked) and shared * 4 >= asked
