"""When a lost sign-in is given back, by whom, and what stops it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from enroll.foundation.actor import Actor
from enroll.foundation.problems import OWN_RECORD, Problem, problem
from enroll.foundation.words import N_

MOST_A_DAY = 3
"""Requests from one place, or in one name: a person needs one; a flood hides the one that counts."""
DAY = timedelta(days=1)


class Seen(StrEnum):
    """What the first person saw."""

    ORIGINAL = "original"
    VIDEO = "video"
    OTHER_DOCUMENT = "other_document"
    QUESTIONS = "questions"


SEEN_NAMES = {
    Seen.ORIGINAL: N_("The original document, in person"),
    Seen.VIDEO: N_("The original document and the face, in a video call"),
    Seen.OTHER_DOCUMENT: N_("Another official document with a picture"),
    Seen.QUESTIONS: N_("Answers to questions only the learner can answer"),
}
SHOWS_A_FACE = frozenset({Seen.ORIGINAL, Seen.VIDEO})
NOT_OFFERED = problem("recovery_not_offered", N_("No waiting time is set, so no lost sign-in can be given back here. "
                                                 "Set it under Settings first."))
TOO_MANY = problem("too_many_requests", N_("Too many requests within a day. Telephone us, or come to us with your "
                                           "document."))


@dataclass(frozen=True)
class Terms:
    """The dated settings: hours of waiting before a new address counts, days in which a request must be decided."""

    wait_hours: int
    valid_days: int

    def effective_at(self, confirmed_at: datetime) -> datetime:
        return confirmed_at + timedelta(hours=self.wait_hours)

    def stale_at(self, asked_at: datetime) -> datetime:
        return asked_at + timedelta(days=self.valid_days)


@dataclass(frozen=True)
class RecoveryFacts:
    """What the moves of a request depend on. `learner_account_id` is None until somebody has found whose it is."""

    now: datetime
    stale_at: datetime
    learner_account_id: int | None = None
    identity_verified: bool = False
    seen: Sequence[str] = ()
    identity_agrees: bool = False
    photo_agrees: bool = False
    notes: str = ""
    checked_by: int | None = None
    effective_at: datetime | None = None
    signed_in_since: bool = False
    address_taken: bool = False


def is_somebodys(facts: RecoveryFacts) -> Problem | None:
    if facts.learner_account_id is None:
        return problem("learner_unknown", N_("Find out first whose sign-in this is."), field="learner")
    return None


def has_something_to_compare(facts: RecoveryFacts) -> Problem | None:
    if facts.learner_account_id is not None and not facts.identity_verified:
        return problem("identity_unverified", N_("The identity was never verified, so there is nothing to compare "
                                                 "with. Refuse; the person may sign up again."))
    return None


def person_is_recognised(facts: RecoveryFacts) -> Problem | None:
    if not set(facts.seen) & SHOWS_A_FACE:
        return problem("no_face_seen", N_("See the original document and the face, in person or in a video call."),
                       field="seen")
    return None


def identity_is_the_same(facts: RecoveryFacts) -> Problem | None:
    if facts.identity_agrees:
        return None
    return problem("identity_differs", N_("Compare name and number with the verified identity; where they differ, "
                                          "refuse."), field="identity_agrees")


def face_is_the_same(facts: RecoveryFacts) -> Problem | None:
    if facts.photo_agrees:
        return None
    return problem("photo_differs", N_("Compare the face with the photo; where it differs, refuse."),
                   field="photo_agrees")


def notes_are_made(facts: RecoveryFacts) -> Problem | None:
    if facts.notes.strip():
        return None
    return problem("notes_missing", N_("Note what you saw, so that the second person can stand for it too."),
                   field="notes")


def is_fresh(facts: RecoveryFacts) -> Problem | None:
    if facts.now < facts.stale_at:
        return None
    return problem("request_stale", N_("This request is too old. The person asks again."))


def nobody_signed_in(facts: RecoveryFacts) -> Problem | None:
    if facts.signed_in_since:
        return problem("signed_in_meanwhile", N_("The learner has signed in since they asked, so nothing is lost: this "
                                                 "request ends."))
    return None


def address_is_free(facts: RecoveryFacts) -> Problem | None:
    if facts.address_taken:
        return problem("address_taken", N_("This address belongs to another account. Sign in there, or use “Forgot "
                                           "password”."))
    return None


def waiting_is_over(facts: RecoveryFacts) -> Problem | None:
    if facts.effective_at is None or facts.now < facts.effective_at:
        return problem("still_waiting", N_("The waiting time is not over yet."))
    return None


def somebody_signed_in(facts: RecoveryFacts) -> Problem | None:
    return None if facts.signed_in_since else problem("nobody_signed_in", N_("Nobody has signed in since."))


def is_stale(facts: RecoveryFacts) -> Problem | None:
    return None if is_fresh(facts) else problem("still_fresh", N_("The request is not too old."))


def actor_is_another(facts: RecoveryFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id == facts.learner_account_id else None


def actor_is_the_second(facts: RecoveryFacts, actor: Actor) -> Problem | None:
    """No exception lifts this: one person alone must never be able to take an account over."""
    if actor.account_id == facts.checked_by:
        return problem("checked_it", N_("You checked this person; a second person confirms."))
    return None


def asked_too_often(from_place: int, in_name: int) -> Problem | None:
    """`from_place`, `in_name`: requests of the last day."""
    return TOO_MANY if max(from_place, in_name) >= MOST_A_DAY else None
