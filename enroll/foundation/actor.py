"""Who is acting: a person with permissions, or a named job."""

from dataclasses import dataclass

from enroll.foundation.words import N_


@dataclass(frozen=True)
class Actor:
    account_id: int | None
    name: str
    permissions: frozenset[str] = frozenset()

    def may(self, permission: str) -> bool:
        return permission in self.permissions


ALONE_PERMISSION = "office:alone"
"""Whoever holds it may do both of two separated duties, with the reason on record: a small office's exception."""
SYSTEM_PERMISSION = "system"
# The scheduler and the handlers of events; holds no permission of a person.
SYSTEM = Actor(None, N_("system"), frozenset({SYSTEM_PERMISSION}))
