"""How large a request may be, route by route: small, except where files are taken."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, request

MARK = "_most_bytes"
FORM = 256 * 1024
View = TypeVar("View", bound=Callable[..., Any])


def takes_files(most_bytes: int) -> Callable[[View], View]:
    """The view takes files of so many bytes in all, besides its form; a larger request is a 413 before it is read."""

    def decorate(view: View) -> View:
        setattr(view, MARK, most_bytes + FORM)
        return view

    return decorate


def init_app(app: Flask) -> None:
    """Registered before anything that reads the form (the CSRF check does): the limit must stand by then."""

    @app.before_request
    def allow_files() -> None:
        view = app.view_functions.get(request.endpoint or "")
        most = getattr(view, MARK, None)
        if most is not None:
            request.max_content_length = most
