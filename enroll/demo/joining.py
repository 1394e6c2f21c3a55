"""How a learner of the data came to us: signed up, said who they are, was checked, enrolled and paid."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from enroll.accounts.models import Account
from enroll.demo.people import data
from enroll.foundation.actor import Actor

Do = Callable[[datetime], None]
Planned = tuple[datetime, str, Do]
ID_TYPES = {one["code"]: one["zh"] for one in data()["enums"]["id_type"]}


class Joining:
    """Knows the learner's ids once they have joined; `me(now)` is the learner acting."""

    def __init__(self, one: dict[str, Any], staff: Callable[[str, datetime], Actor], password_hash: str):
        self.one, self.staff, self.password_hash = one, staff, password_hash
        self.account_id = self.learner_id = self.enrolment_id = 0
        self._account: Account | None = None

    def me(self, now: datetime) -> Actor:
        assert self._account is not None
        return self._account.actor_at(now)
