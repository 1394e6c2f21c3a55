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


def group_notice(head: str, rows: Iterable[tuple[str, str, datetime | None]], endpoint: str) -> str:
    """`head` has a place for %(day)s; a row is a name (it is masked here), what it is about, and until when."""
    lines = [f"{mask_name(name)} {what} {_('by %(moment)s', moment=show_moment(until)) if until else ''}".rstrip()
             for name, what, until in list(rows)[:MOST_LINES]]
    return "\n".join([head % {"day": show_day(local_day(now()))}, *lines, outside_url(endpoint)]) if lines else ""
