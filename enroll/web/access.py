"""Every route states who may call it; a route that says nothing is closed."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request
from flask_login import current_user

PUBLIC, SIGNED_IN = "public", "signed-in"
MARK, WEIGHTY = "_who_may_call", "_asks_for_presence"
View = TypeVar("View", bound=Callable[..., Any])


def who_may_call(view: Any) -> tuple[str, ...] | None:
    """The mark of a view: ('public',), ('signed-in',), or the permissions of which one is enough."""
    return getattr(view, MARK, None)


def public(view: View) -> View:
    setattr(view, MARK, (PUBLIC,))
    return view


def signed_in(view: View) -> View:
    setattr(view, MARK, (SIGNED_IN,))
    return view


def requires(*permissions: str) -> Callable[[View], View]:
    """One of these permissions is enough to call the view; whether this record, and now, is decided further in."""

    def decorate(view: View) -> View:
        setattr(view, MARK, permissions)
        return view

    return decorate


def weighty(view: View) -> View:
    """What this view does is asked of the person themselves: a browser left open for long gives the password again
    first (accounts/views/presence.py)."""
    setattr(view, WEIGHTY, True)
    return view


def is_weighty(view: Any) -> bool:
    return bool(getattr(view, WEIGHTY, False))


def close_unmarked_routes(app: Flask) -> None:
    @app.before_request
    def check_access() -> Any:
        if request.endpoint is None:
            return None
        who = who_may_call(app.view_functions[request.endpoint])
        if who == (PUBLIC,):
            return None
        if who is None:
            abort(403)
        if not current_user.is_authenticated:
            return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
        if who != (SIGNED_IN,) and not any(current_user.actor.may(permission) for permission in who):
            abort(403)
        return None
