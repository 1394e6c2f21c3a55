"""Who is acting: a person with permissions, or a named job."""

from dataclasses import dataclass
from typing import Any

from enroll.foundation.words import N_


@dataclass(frozen=True)
class Behalf:
    """For whom somebody acts who was asked to: the record (`reference`) and account of the person, how they asked
    (phone, counter, letter), why, and the token of a picture that shows it. It goes into the audit with every act."""

    reference: str
    account_id: int
    asked_by: str
    reason: str
    evidence: str = ""

    def as_details(self) -> dict[str, Any]:
        return {"of": self.reference, "asked_by": self.asked_by, "reason": self.reason} | (
            {"evidence": self.evidence} if self.evidence else {})


@dataclass(frozen=True)
class Actor:
    """`behalf` is None for everybody who acts for themselves or for the office."""

    account_id: int | None
    name: str
    permissions: frozenset[str] = frozenset()
    behalf: Behalf | None = None

    def may(self, permission: str) -> bool:
        return permission in self.permissions


ALONE_PERMISSION = "office:alone"
"""Whoever holds it may do both of two separated duties, with the reason on record: a small office's exception."""
SYSTEM_PERMISSION = "system"
# The scheduler and the handlers of events; holds no permission of a person.
SYSTEM = Actor(None, N_("system"), frozenset({SYSTEM_PERMISSION}))
