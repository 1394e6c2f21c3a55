"""Encryption of sensitive columns and files, and the keyed hash that lets an encrypted value be found and be unique."""

import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import current_app

__all__ = ["InvalidToken", "keyed_hash", "seal", "seal_bytes", "unseal", "unseal_bytes"]


def _box() -> MultiFernet:
    box: MultiFernet | None = current_app.extensions.get("sealing")
    if box is None:
        box = MultiFernet([Fernet(key) for key in current_app.config["FIELD_KEYS"]])
        current_app.extensions["sealing"] = box
    return box


def seal(text: str) -> str:
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    return _box().decrypt(sealed.encode()).decode()


def seal_bytes(content: bytes) -> bytes:
    return _box().encrypt(content)


def unseal_bytes(content: bytes) -> bytes:
    return _box().decrypt(content)


def keyed_hash(purpose: str, text: str) -> str:
    """HMAC-SHA-256 of an already normalised value. The oldest field key is the index key, so that putting a new key in
    front does not orphan the index."""
    key = str(current_app.config["FIELD_KEYS"][-1]).encode()
    return hmac.new(key, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()
