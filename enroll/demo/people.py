"""Everybody of the demo: who they are, where they stand, one press to be them."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.accounts.models import Account
from enroll.accounts.permissions import ROLE_NAMES, Role
from enroll.foundation.words import Bilingual

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Person:
    account_id: int
    username: str
    name: Bilingual
    story: Bilingual
    duty: str
    is_staff: bool


@lru_cache(maxsize=1)
def data() -> dict[str, Any]:
    """The demonstration data, as it stands in the file."""
    loaded: dict[str, Any] = yaml.load((DATA / "caip-demo.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


def people(session: Session) -> list[Person]:
    """In the order of the file: learners with their stories, then staff with their roles."""
    wanted = select(Account.username, Account.id).where(Account.is_demo)
    ids: dict[str, int] = {row[0]: row[1] for row in session.execute(wanted).all() if row[0]}
    learners = [
        Person(ids[one["username"]], one["username"], _said(one, "name"), _said(one, "story"),
               ROLE_NAMES[Role.LEARNER], False)
        for one in data()["learners"] if one["username"] in ids
    ]
    staff = [
        Person(ids[one["username"]], one["username"], _said(one, "name"), _said(one, "story"),
               ROLE_NAMES[Role(one["role"])], True)
        for one in data()["staff"] if one["username"] in ids
    ]
    return learners + staff


def _said(one: dict[str, Any], what: str) -> Bilingual:
    return Bilingual(str(one.get(what, "")), str(one.get(f"{what}_en", "")))
