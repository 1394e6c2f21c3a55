"""What the browser keeps: the token of a signed-in session, and the language."""

from typing import Any

from flask import session as cookie


def remember(token: str) -> None:
    """A fresh cookie for a fresh sign-in: nothing of the visitor before it stays but the language."""
    language: Any = cookie.get("language")
    forget()
    if language:
        cookie["language"] = language
    cookie["_user_id"], cookie["_fresh"] = token, True
    cookie.permanent = True


def forget() -> None:
    cookie.clear()
