"""A full sitting with a list: one live offer, and somebody next in line."""

from datetime import datetime, timedelta

from enroll.applications.services.seating import wait_for_seat
from enroll.demo.supervising import actor_of, application_of
from enroll.sittings.services.planning import change_capacity
from enroll.storage.database import transaction

FULL = "202701-CD01-P"  # nobody sits there yet, and one examiner is there so far
IN_ORDER = ("wumei", "chenkayan")
HOUR = timedelta(hours=1)


def a_list(until: datetime) -> None:
    """Two who have a seat elsewhere wait for this sitting; the officer adds a seat, offered to the first."""
    officer = actor_of("kaowu", until)
    with transaction():
        change_capacity(FULL, 0, by=officer, now=until - 6 * HOUR)
        for place, username in enumerate(IN_ORDER):
            wait_for_seat(application_of(username), FULL, by=actor_of(username, until), now=until - (5 - place) * HOUR)
        change_capacity(FULL, 1, by=officer, now=until - 2 * HOUR)
