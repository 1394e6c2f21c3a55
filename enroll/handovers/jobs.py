"""Confirmed lists are written down in the background."""

from datetime import datetime

from flask import current_app

from enroll.handovers.services.bringing import write_down
from enroll.storage.outbox import Happened


def write_confirmed(happened: Happened, now: datetime) -> None:
    """A long list takes its time, so nobody waits for it with a page open; links to accounts live in real time."""
    write_down(happened.event.token, now=now, real_now=current_app.extensions["real_clock"].now())
