"""How a request finds out who is signed in: the cookie carries a random token, the server keeps the session."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Flask, flash, redirect, request, session as cookie, url_for
from flask_babel import gettext as _
from flask_login import LoginManager
from werkzeug.wrappers import Response

from enroll.accounts.permissions import Permission, Role
from enroll.accounts.queries import SEEN_EVERY, session_by_token
from enroll.accounts.rules.sessions import SessionLimits
from enroll.accounts.services.sessions import note_session_seen
from enroll.foundation.actor import Actor
from enroll.storage.database import db
from enroll.web.moments import now

LIMITS = SessionLimits()
login = LoginManager()
login.session_protection = None  # the server's own row decides


@dataclass(frozen=True)
class SignedIn:
    """The person behind this request: what pages and services need, read in one statement."""

    token: str
    session_id: int
    account_id: int
    reference: str
    name: str
    language: str
    roles: frozenset[Role]
    actor: Actor
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        return self.token

    @property
    def is_learner(self) -> bool:
        return Role.LEARNER in self.roles

    @property
    def is_staff(self) -> bool:
        return self.actor.may(Permission.SEE_DESK)


@login.user_loader  # type: ignore[untyped-decorator, unused-ignore]
def load(token: str) -> SignedIn | None:
    real_now = datetime.now(UTC)  # sessions live in real time, also where the demo's clock is elsewhere
    moment = now()
    found = session_by_token(db.session(), token, real_now, LIMITS, now=moment)
    if found is None:
        return None
    account = found.account
    person = SignedIn(token, found.id, account.id, account.reference, account.name, account.language,
                      account.roles_at(moment), account.actor_at(moment))
    if real_now - found.seen_at > SEEN_EVERY:
        note_session_seen(found.id, real_now)
    return person


@login.unauthorized_handler  # type: ignore[untyped-decorator, unused-ignore]
def ask_to_sign_in() -> Response:
    flash(_("Sign in to go on."), "info")
    target = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(url_for("accounts.sign_in", next=target or None), 303)


def remember_in_cookie(token: str) -> None:
    """A fresh cookie session for a fresh sign-in: nothing of the visitor before it stays but the language."""
    language: Any = cookie.get("language")
    cookie.clear()
    if language:
        cookie["language"] = language
    cookie["_user_id"], cookie["_fresh"] = token, True
    cookie.permanent = True


def init_app(app: Flask) -> None:
    login.init_app(app)
