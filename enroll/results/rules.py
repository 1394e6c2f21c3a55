"""Marks by two people, and what follows from them. Marks are tenths of a point."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from enroll.foundation.actor import Actor
from enroll.foundation.problems import OWN_RECORD, Problem, problem
from enroll.foundation.words import N_


class Verdict(StrEnum):
    """The outcome of one part, or of a window."""

    PASS = "pass"
    PARTIAL = "partial"
    FAIL = "fail"
    ABSENT = "absent"
    EXCUSED = "excused"
    VOID = "void"


@dataclass(frozen=True)
class ResultFacts:
    """The entries of one result: who made the first and the second, and whether they are the same mark."""

    learner_account_id: int
    first_by: int | None = None
    second_by: int | None = None
    first_mark: int | None = None
    second_mark: int | None = None
    complete: bool = True


@dataclass(frozen=True)
class ReviewFacts:
    """A score review: who made and who checked the mark, so that a stranger to both answers it."""

    learner_account_id: int
    involved: frozenset[int] = frozenset()


def entries_agree(facts: ResultFacts) -> Problem | None:
    if facts.first_mark == facts.second_mark:
        return None
    return problem("entries_differ", N_("The two entries differ; a third person decides."))


def entries_differ(facts: ResultFacts) -> Problem | None:
    return None if facts.first_mark != facts.second_mark else problem("entries_agree", N_("The two entries agree."))


def no_entry_is_missing(facts: ResultFacts) -> Problem | None:
    return None if facts.complete else problem("incomplete", N_("Some results of this sitting are not checked yet."))


def review_is_in_time(published_at: datetime | None, closes_at: datetime, now: datetime) -> Problem | None:
    if published_at is None:
        return problem("not_published", N_("The results are not published yet."))
    if now >= closes_at:
        return problem("review_closed", N_("Score reviews could be asked for until %(moment)s."), moment=closes_at)
    return None


def maker_is_another_person(facts: ResultFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id == facts.learner_account_id else None


def checker_is_another_person(facts: ResultFacts, actor: Actor) -> Problem | None:
    if actor.account_id == facts.learner_account_id:
        return OWN_RECORD
    if actor.account_id == facts.first_by:
        return problem("checker_is_maker", N_("You made the first entry; another person must key it again."))
    return None


def decider_is_a_third_person(facts: ResultFacts, actor: Actor) -> Problem | None:
    if actor.account_id == facts.learner_account_id:
        return OWN_RECORD
    if actor.account_id in {facts.first_by, facts.second_by}:
        return problem("decider_made_an_entry", N_("You made one of the entries; a third person must decide."))
    return None


def answerer_is_a_stranger(facts: ReviewFacts, actor: Actor) -> Problem | None:
    if actor.account_id == facts.learner_account_id:
        return OWN_RECORD
    if actor.account_id in facts.involved:
        return problem("answerer_was_involved", N_("You made or checked this mark; somebody else must answer."))
    return None
