"""What every template may call: the address that mends a problem; static files are named with their version."""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, request, url_for
from werkzeug.routing import BuildError


def init_app(app: Flask) -> None:
    app.jinja_env.globals["mending_address"] = mending_address
    folder = Path(app.static_folder or "")

    @app.url_defaults
    def name_the_version(endpoint: str, values: dict[str, Any]) -> None:
        # A browser keeps static files for a day; after an update it must not mix the old ones with new pages.
        if endpoint == "static" and "v" not in values:
            values["v"] = _version(folder / values["filename"])


def mending_address(endpoint: str) -> str:
    """The page where a problem is mended, of this same record where it needs one; '' where there is no such page."""
    for values in ({}, request.view_args or {}):
        try:
            return url_for(endpoint, **values)
        except BuildError:
            continue
    return ""


@cache
def _version(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()[:8] if file.is_file() else "0"
