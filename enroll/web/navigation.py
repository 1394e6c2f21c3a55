"""Where one can go from every page. Packages do not know each other's pages; create_app lists them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Flask, request, url_for
from flask_login import current_user

STAFF_PREFIX = "/staff"


@dataclass(frozen=True)
class Entry:
    """One place in the navigation: English label (translated in the template), icon, endpoint, who sees it.

    `group` is 'queue' or 'manage' on the staff rail, 'tab' or 'more' for learners, 'account' among the pages of one's
    own account, 'public' for everybody.
    """

    key: str
    label: str
    icon: str
    endpoint: str
    group: str
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    key: str
    label: str
    icon: str
    href: str
    group: str
    count: int | None
    hot: bool
    current: bool


CountsOf = Callable[[Any], Mapping[str, tuple[int, bool]]]


def init_app(app: Flask, entries: list[Entry], counts_of: CountsOf) -> None:
    """`counts_of(current_user)` gives (number, overdue?) per key, in one statement a page: its parts share it."""

    @app.context_processor
    def navigation() -> dict[str, Any]:
        return {"navigation": cache(lambda: _places(entries, counts_of))}


def _places(entries: list[Entry], counts_of: CountsOf) -> list[Place]:
    signed_in = current_user.is_authenticated
    counts = counts_of(current_user) if signed_in else {}
    actor = current_user.actor if signed_in else None  # asked once: a page has some forty entries to look at
    return [_place(entry, counts) for entry in entries if _sees(entry, actor)]


def _sees(entry: Entry, actor: Any) -> bool:
    if entry.group == "public":
        return True
    return actor is not None and any(actor.may(permission) for permission in entry.permissions)


def _place(entry: Entry, counts: Mapping[str, tuple[int, bool]]) -> Place:
    href = url_for(entry.endpoint)
    number, hot = counts.get(entry.key, (None, False))
    here = request.path == href or ((href.count("/") > 1 or href not in {"/", STAFF_PREFIX}) and (
        request.path.startswith(href.rstrip("/") + "/")))
    return Place(entry.key, entry.label, entry.icon, href, entry.group, number, hot, here)
