"""Addresses that come from outside, and addresses that leave the house."""

from flask import abort, current_app, request, url_for
from werkzeug.routing import BaseConverter, IntegerConverter, Map

from enroll.foundation.text import UnreadableText, clean_line, clean_lines


class ReferenceConverter(BaseConverter):
    """A2701-0187, F000187, P000012: what people see instead of ids. Anything else is a 404, never an error."""

    regex = "[A-Z][A-Z0-9]{0,8}(?:-[0-9A-Z]{1,12})*"


class CodeConverter(BaseConverter):
    """Codes of courses, lessons, windows and sittings: G1-M1-L1, 202701, 202701-BJ01-T."""

    regex = "[A-Za-z0-9]{1,12}(?:[-_][A-Za-z0-9]{1,16}){0,4}"


class TokenConverter(BaseConverter):
    """An opaque public token."""

    regex = "[A-Za-z0-9_-]{10,64}"


class NumberConverter(IntegerConverter):
    """A number of a record, within what an integer column holds: a larger one names nothing, so it is a 404."""

    def __init__(self, map: Map, max: int = 2**31 - 1) -> None:
        super().__init__(map, max=max)


CONVERTERS: dict[str, type[BaseConverter]] = {
    "ref": ReferenceConverter,
    "code": CodeConverter,
    "token": TokenConverter,
    "int": NumberConverter,
}


def own_path(target: str | None, otherwise: str) -> str:
    """Where to go next, when a request says so: a path of this site, or the other one."""
    if not target or not target.startswith("/") or target.startswith("//") or len(target) > 500:
        return otherwise
    if "\\" in target or any(ord(character) < 33 or ord(character) == 127 for character in target):
        return otherwise
    return target


def outside_url(endpoint: str, **values: object) -> str:
    """An address for mails, documents and QR codes: from the configured base, never from the request's Host."""
    base: str = current_app.config["BASE_URL"]
    with current_app.test_request_context(base_url=base):
        return base.rstrip("/") + url_for(endpoint, **values)  # type: ignore[arg-type]


def verification_address(token: str) -> str:
    """What the QR code of a document opens (contract: /verify/<token>), from the configured base."""
    base: str = current_app.config["BASE_URL"]
    return f"{base.rstrip('/')}/verify/{token}"


def asked(name: str, default: str = "", *, most: int = 80, lines: bool = False) -> str:
    """A text from the query string, cleaned and bounded (several `lines` where told); what cannot be read is a 400."""
    try:
        return (clean_lines if lines else clean_line)(request.args.get(name, default))[:most]
    except UnreadableText:
        abort(400)


def asked_number(name: str, *, low: int = 0, high: int = 2_000_000_000) -> int | None:
    """A whole number from the query string, or None; one that cannot be is a 400."""
    text = request.args.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 10) or not low <= int(text) <= high:
        abort(400)
    return int(text)
