"""Events are frozen dataclasses of plain values, in the past tense."""

import dataclasses
from typing import Any


def secret(default: str = "") -> Any:
    """Marks a field of an event that is kept sealed, and removed when the last handler is done (a code)."""
    return dataclasses.field(default=default, metadata={"secret": True})
