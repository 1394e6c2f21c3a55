"""Passwords are kept as argon2id digests. Making and checking one is slow on purpose, so it never happens inside a
transaction, and not many at once: a crowd that signs in must not starve those who are applying."""

import unicodedata
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from enroll.storage.database import db

# OWASP's figures for argon2id: 19 MiB, two passes, one lane; about 40 ms.
MEMORY_KIB, PASSES, LANES = 19_456, 2, 1
NOBODYS = "nobody's password: what is checked when there is no account, so that the answer takes as long"
_at_once = BoundedSemaphore(1)


def hashed(password: str) -> str:
    """The digest to keep. Called before the transaction that keeps it."""
    _outside_transactions()
    with _at_once:
        return _hasher().hash(_spelled(password))


def matches(digest: str | None, password: str) -> bool:
    """Whether this is the password; takes as long where there is no digest to compare with."""
    _outside_transactions()
    with _at_once:
        try:
            return _hasher().verify(digest or _dummy(), _spelled(password)) and bool(digest)
        except (VerificationError, InvalidHashError):
            return False


def _spelled(password: str) -> str:
    """Keyboards spell one and the same letter in several ways (NIST SP 800-63B 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def _hasher() -> PasswordHasher:
    hasher: PasswordHasher | None = current_app.extensions.get("passwords")
    if hasher is None:
        cheap = PasswordHasher(memory_cost=8, time_cost=1, parallelism=1)
        slow = PasswordHasher(memory_cost=MEMORY_KIB, time_cost=PASSES, parallelism=LANES)
        hasher = cheap if current_app.testing else slow
        current_app.extensions["passwords"] = hasher
    return hasher


def _dummy() -> str:
    digest: str | None = current_app.extensions.get("nobodys_password")
    if digest is None:
        digest = current_app.extensions["nobodys_password"] = _hasher().hash(NOBODYS)
    return digest


def _outside_transactions() -> None:
    session = db.session()
    if "transaction" in session.info:
        raise RuntimeError("a password is hashed before the transaction, never inside it")
    session.rollback()  # let go of the connection while this takes its time
