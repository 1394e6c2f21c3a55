"""When something goes wrong: what happened, what to do next, and nothing typed is lost."""

from typing import Any

from flask import Flask, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from enroll.foundation.problems import NotFound, Refused, Stale
from enroll.storage.database import db
from enroll.storage.files import FileIsWrong
from enroll.web.addresses import own_path

PAGES = {400, 403, 404, 405, 409, 413, 419, 429, 500, 503}
NOT_SHOWN_BACK = {"csrf_token", "key", "version", "password", "new_password", "code"}


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(SecurityError, _host_is_not_ours)
    app.register_error_handler(CSRFError, lambda error: _page(419))
    app.register_error_handler(NotFound, lambda error: _page(404))
    app.register_error_handler(Refused, lambda error: _page(409, "refused", problems=error.problems))
    app.register_error_handler(Stale, lambda error: _page(409))
    app.register_error_handler(FileIsWrong, _file_is_wrong)
    app.register_error_handler(OperationalError, _database_is_away)
    app.register_error_handler(500, lambda error: _page(500))


def _http_error(error: HTTPException) -> Any:
    if error.code is not None and error.code < 400:
        return error
    code = error.code if error.code in PAGES else (500 if (error.code or 500) >= 500 else 400)
    answer, _ = _page(code)
    return answer, error.code, [(name, value) for name, value in error.get_headers()
                                if name.lower() in {"allow", "retry-after"}]


def _host_is_not_ours(error: SecurityError) -> Any:
    """In plain words: a page would make its links from the host that was asked for."""
    words = "400 此地址不属于本网站。 This address is not one of this site."
    return words, 400, {"Content-Type": "text/plain; charset=utf-8"}


def _file_is_wrong(error: FileIsWrong) -> Any:
    return _page(503)


def _database_is_away(error: OperationalError) -> Any:
    answer, code = _page(503)
    return answer, code, {"Retry-After": "10"}


def _page(code: int, name: str = "", **values: Any) -> tuple[str, int]:
    """An error page asks the database for nothing: what was read before is let go first."""
    db.session.rollback()
    typed = [
        (key, value) for key in request.form if key not in NOT_SHOWN_BACK for value in request.form.getlist(key)
    ] if request.method == "POST" and code != 413 else []  # what is too large cannot be read a second time either
    back = own_path(request.full_path.rstrip("?") if request.method == "GET" else _referring_path(), "/")
    page = render_template(f"errors/{name or code}.html", typed=typed, back=back, code=code, **values)
    return page, code


def _referring_path() -> str | None:
    referrer = request.referrer or ""
    return referrer.removeprefix(request.host_url.rstrip("/")) if referrer.startswith(request.host_url) else None
