"""Going on with a task on another device: a short code that leads, and signs nobody in."""

import re
from datetime import timedelta

LASTS = timedelta(minutes=10)
LENGTH = 8
# Without what is mistaken for something else when it is typed from one screen to another: 0 O, 1 I L, 2 Z, 5 S, 8 B.
ALPHABET = "34679ACDEFGHJKMNPQRTUVWXY"


def as_typed(text: str) -> str:
    """The code as it is kept, from what somebody typed: capitals, without blanks and hyphens; "" for what is none."""
    code = re.sub(r"[\s-]+", "", text).upper()
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def as_shown(code: str) -> str:
    """In two halves, as people read it out."""
    return f"{code[:LENGTH // 2]}-{code[LENGTH // 2:]}"
