"""How a request finds out who is signed in: the cookie carries a random token, the server keeps the session."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Flask, flash, redirect, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_login import LoginManager, current_user
from werkzeug.wrappers import Response

from enroll.accounts.models import Account
from enroll.accounts.permissions import Permission, Role
from enroll.accounts.queries import SEEN_EVERY, session_by_token
from enroll.accounts.rules.sessions import SessionLimits
from enroll.accounts.services.sessions import begin_session, end_sessions, note_session_seen
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
    proved_at: datetime
    single_keys: bool
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        return self.token

    @property
    def home(self) -> str:
        """The first page of the signed-in, as the contract names it; it belongs to a later package."""
        return _home(self.actor)

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
    person = SignedIn(token, found.id, found.account_id, found.reference, found.name, found.language, found.roles,
                      found.actor, found.proved_at, found.single_keys)
    if real_now - found.seen_at > SEEN_EVERY:
        note_session_seen(found.id, real_now)
    return person


@login.unauthorized_handler  # type: ignore[untyped-decorator, unused-ignore]
def ask_to_sign_in() -> Response:
    flash(_("Sign in to go on."), "info")
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=target), 303)


def enter(account_id: int) -> None:
    """Begin a session for this browser; the one it had ends, and nothing of the visitor before stays but the
    language."""
    real_now = datetime.now(UTC)
    leave()
    account = db.session().get_one(Account, account_id)
    language: Any = cookie.get("language") or account.language
    token = begin_session(account_id, browser=request.user_agent.string, network_address=request.remote_addr or "",
                          real_now=real_now)
    cookie.clear()
    cookie["language"] = language
    cookie["_user_id"], cookie["_fresh"] = token, True
    cookie.permanent = True


def home_of(account_id: int) -> str:
    return _home(db.session().get_one(Account, account_id).actor_at(now()))


def _home(actor: Actor) -> str:
    return "/staff" if actor.may(Permission.SEE_DESK) else "/home"


def leave() -> None:
    """End this browser's session on the server, so that a copied cookie is dead too; forget all but the language."""
    if current_user.is_authenticated:
        end_sessions(current_user.account_id, real_now=datetime.now(UTC), only=current_user.session_id)
    language: Any = cookie.get("language")
    cookie.clear()
    if language:
        cookie["language"] = language


def init_app(app: Flask) -> None:
    login.init_app(app)
    app.extensions["enter"] = enter
