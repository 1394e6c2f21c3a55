"""A full sitting with a list: one live offer, and somebody next in line."""

from datetime import datetime, timedelta

from sqlalchemy import select

from enroll.accounts.models import Account
from enroll.applications.models import Application
from enroll.applications.services.seating import wait_for_seat
from enroll.foundation.actor import Actor
from enroll.learners.models import Learner
from enroll.sittings.services.planning import change_capacity
from enroll.storage.database import db, transaction

FULL = "202701-CD01-P"  # nobody sits there yet, and one examiner is there so far
IN_ORDER = ("wumei", "chenkayan")
HOUR = timedelta(hours=1)


def a_list(until: datetime) -> None:
    """Two who have a seat elsewhere wait for this sitting; the officer adds a seat, offered to the first."""
    officer = _actor("kaowu", until)
    with transaction():
        change_capacity(FULL, 0, by=officer, now=until - 6 * HOUR)
        for place, username in enumerate(IN_ORDER):
            wait_for_seat(_application(username), FULL, by=_actor(username, until), now=until - (5 - place) * HOUR)
        change_capacity(FULL, 1, by=officer, now=until - 2 * HOUR)


def _application(username: str) -> str:
    wanted = select(Application.reference).join(Learner, Learner.id == Application.learner_id).join(
        Account, Account.id == Learner.account_id).where(Account.username == username)
    return db.session.scalars(wanted.order_by(Application.id.desc())).first() or ""


def _actor(username: str, now: datetime) -> Actor:
    return db.session.scalars(select(Account).where(Account.username == username)).one().actor_at(now)
