"""The text that staff take to a group: masked names, what is due, by when, and the link."""

from collections.abc import Iterable
from datetime import datetime

from flask_babel import gettext as _

from enroll.foundation.clock import local_day
from enroll.foundation.masking import mask_name
from enroll.web.addresses import outside_url
from enroll.web.language import show_day, show_moment
from enroll.web.moments import now

MOST_LINES = 20


def group_notice(
    head: str, rows: Iterable[tuple[str, str, datetime | None]], endpoint: str, *, at: str = ""
) -> str:
    """`head` has a place for %(day)s; a row is a name (masked here) or a reference, what it is about, and until when,
    in the words of `at` (%(moment)s) where it is no deadline. The link opens `endpoint`."""
    until_when = at or _("by %(moment)s")
    lines = [" ".join(part for part in (mask_name(name), what, until_when % {
        "moment": show_moment(until)} if until else "") if part) for name, what, until in list(rows)[:MOST_LINES]]
    return "\n".join([head % {"day": show_day(local_day(now()))}, *lines, outside_url(endpoint)]) if lines else ""
