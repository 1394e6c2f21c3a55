"""Going on with a practical task on another device: a code is made, used once, and forgotten."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, update

from enroll.accounts.models import Account
from enroll.courses.models.works import ContinueCode
from enroll.courses.queries.continuing import live_code
from enroll.courses.queries.lessons import LessonKey, my_lesson
from enroll.courses.rules.continuing import ALPHABET, LASTS, LENGTH
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NotFound
from enroll.storage.database import lock, transaction

FORGOTTEN_AFTER = timedelta(days=1)


def make_code(key: LessonKey, session_id: int, *, by: Actor, now: datetime) -> str:
    """A new code for one's own task, from this signed-in browser; those made before lead nowhere from now on. Raises
    NotFound for a lesson that is not one's own task."""
    with transaction() as session:
        account = lock(session, Account, Account.id == by.account_id)
        found = my_lesson(session, account.id, key)
        if found is None or found[1].content != "practice":
            raise NotFound("Lesson")
        session.execute(update(ContinueCode).where(
            ContinueCode.account_id == account.id, ContinueCode.used_at.is_(None), ContinueCode.expires_at > now,
        ).values(expires_at=now))
        code = "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))
        session.add(ContinueCode(code=code, account_id=account.id, session_id=session_id, lesson_id=found[1].id,
                                 made_at=now, expires_at=now + LASTS))
        return code


def use_code(code: str, browser: str, *, by: Actor, now: datetime) -> LessonKey:
    """Follow one's own code, once; gives the task it leads to. Raises NotFound for every other code."""
    with transaction() as session:
        account = lock(session, Account, Account.id == by.account_id)
        found = live_code(session, code, account.id, now)
        if found is None:
            raise NotFound("ContinueCode")
        found.used_at, found.used_with = now, browser[:200]
        return LessonKey(found.lesson.module.course.code, found.lesson.code)


def forget_old_codes(now: datetime) -> None:
    """They lead nowhere any more."""
    with transaction() as session:
        session.execute(delete(ContinueCode).where(ContinueCode.expires_at < now - FORGOTTEN_AFTER))
