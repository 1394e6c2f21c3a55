"""Promises about every page, form and route: the suite asks each thing once, in turn, and `-m sweep` asks everything of
everything (`.ci/run`)."""

from collections.abc import Sequence
from typing import TypeVar

import pytest

Value = TypeVar("Value")

IN_TURN_AND_ALL = pytest.mark.parametrize(
    "everything", [pytest.param(False, id="in_turn"), pytest.param(True, id="all", marks=pytest.mark.sweep)])


def some(values: Sequence[Value], number: int, everything: bool) -> Sequence[Value]:
    """All of the values, or the one whose turn it is for the thing of this number."""
    return values if everything else [values[number % len(values)]]
