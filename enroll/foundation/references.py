"""What people see instead of ids, and what strangers cannot guess."""

import re
import secrets

REFERENCE = re.compile(r"[A-Z](?:[0-9]{4,6}-)?[0-9]{4,9}")


def public_token() -> str:
    """128 random bits, as 22 URL-safe characters."""
    return secrets.token_urlsafe(16)


def confirmation_code() -> str:
    """Six digits for a message; short-lived and counted, never a secret of its own."""
    return f"{secrets.randbelow(1_000_000):06d}"


def is_reference(text: str) -> bool:
    return bool(REFERENCE.fullmatch(text))
