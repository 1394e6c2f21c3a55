"""Who may stand for a certificate, and what must be closed before. The issuing body decides and numbers (ISO/IEC 17024,
4.2: that decision is not delegated)."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from enroll.foundation.actor import Actor
from enroll.foundation.problems import OWN_RECORD, Problem, problem, two_duties
from enroll.foundation.text import compared
from enroll.foundation.words import N_

NUMBER = re.compile(r"[A-Z0-9][A-Z0-9./-]{2,58}[A-Z0-9]", re.ASCII)
# Why a case is refused, or a certificate suspended or revoked; the words to the learner stand beside the code.
REFUSAL_CODES = {
    "photo_not_current": N_("The photo and the person at the exam are not the same"),
    "identity_unproved": N_("The identity is not proved"),
    "fake_material": N_("False material"),
    "exam_violation": N_("A proven violation at the exam"),
    "hours_not_proved": N_("The course hours are not proved"),
    "other": N_("Another reason"),
}
MEASURE_CODES = {
    "body_decision": N_("The issuing body decided so"),
    "fake_material": N_("False material"),
    "exam_violation": N_("A proven violation at the exam"),
    "holder_request": N_("The holder asked for it"),
    "recorded_in_error": N_("Recorded in error"),
}
MATTER_KINDS = {
    "outcome_changed": N_("The outcome it rests on was changed after a score review or a decision"),
    "correction": N_("An identity correction is open"),
    "incident": N_("An incident of the exam day is not decided"),
    "other": N_("Something must be cleared up first"),
}


@dataclass(frozen=True)
class CertificateFacts:
    """`involved`: accounts that made or checked any mark of this pass, and the learner's sole trainer, if there is one.
    `open_matters`: what must be closed first (a score review, an incident, a correction, an unpaid fee).
    `evidence_changed`: the evidence is no longer the one the first approval saw."""

    learner_account_id: int
    involved: frozenset[int] = frozenset()
    first_by: int | None = None
    open_matters: tuple[Problem, ...] = ()
    number: str = ""
    evidence_changed: bool = False
    refusal_code: str = ""
    refused_by: int | None = None
    proposed_by: int | None = None


def nothing_is_open(facts: CertificateFacts) -> Problem | None:
    """Names everything that is open; the page shows each with the way to it."""
    if not facts.open_matters:
        return None
    return problem("matters_open", N_("Still open: %(matters)s"), matters=[one.words for one in facts.open_matters])


def evidence_stands(facts: CertificateFacts) -> Problem | None:
    if facts.evidence_changed:
        return problem("evidence_changed", N_("The evidence has changed since the first approval: put the case on "
                                              "hold, end the hold, and let it be approved anew."))
    return None


def number_is_there(facts: CertificateFacts) -> Problem | None:
    if facts.number:
        return None
    return problem("number_missing", N_("The issuing body's number is missing; none is ever invented here."))


def refusal_is_coded(facts: CertificateFacts) -> Problem | None:
    if facts.refusal_code in REFUSAL_CODES:
        return None
    return problem("code_missing", N_("Choose the reason."), field="code")


def is_proposed(facts: CertificateFacts) -> Problem | None:
    if facts.proposed_by is not None:
        return None
    return problem("not_proposed", N_("One person proposes this, another confirms it."))


def reviewer_is_independent(facts: CertificateFacts, actor: Actor) -> Problem | None:
    if actor.account_id == facts.learner_account_id:
        return OWN_RECORD
    if actor.account_id in facts.involved:
        return two_duties("reviewer_was_involved",
                          N_("You made or checked a mark of this learner, or were their only trainer."))
    return None


def second_is_another_person(facts: CertificateFacts, actor: Actor) -> Problem | None:
    if actor.account_id == facts.first_by:
        return two_duties("same_reviewer", N_("You gave the first approval; another person gives the second."))
    return None


def confirmer_is_another_person(facts: CertificateFacts, actor: Actor) -> Problem | None:
    if actor.account_id == facts.proposed_by:
        return two_duties("same_proposer", N_("You proposed this; another person confirms it."))
    return None


def reopener_is_another_person(facts: CertificateFacts, actor: Actor) -> Problem | None:
    if actor.account_id == facts.refused_by:
        return problem("same_refuser", N_("You refused this; another person decides about the appeal."))
    return None


def actor_is_another_person(facts: CertificateFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id == facts.learner_account_id else None


def read_number(text: str) -> str | None:
    """The issuing body's number in the one spelling it is kept and found in; None for what cannot be one."""
    number = compared(text)
    return number if NUMBER.fullmatch(number) else None


def against_dates(issued_on: date, valid_until: date | None, *, exam_on: date, today: date) -> tuple[Problem, ...]:
    """What is wrong with the dates the body sent; days in Beijing."""
    problems = []
    if not exam_on <= issued_on <= today:
        problems.append(problem("issued_on_wrong", N_("The date of issue lies between the exam and today."),
                                field="issued_on"))
    if valid_until is not None and valid_until <= issued_on:
        problems.append(problem("valid_until_wrong", N_("The certificate would end before it begins."),
                                field="valid_until"))
    return tuple(problems)


def is_expired(valid_until: date | None, today: date) -> bool:
    """`valid_until` is the last day it is valid. Expired is computed, never a state."""
    return valid_until is not None and today > valid_until


def evidence_digest(evidence: Mapping[str, Any]) -> str:
    """SHA-256 of what a reviewer looked at, in one canonical spelling."""
    spelled = json.dumps(evidence, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelled.encode()).hexdigest()
