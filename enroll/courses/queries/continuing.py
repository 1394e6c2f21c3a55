"""Codes to go on with a task on another device."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from enroll.accounts.models import WebSession
from enroll.courses.models.editions import Lesson, Module
from enroll.courses.models.works import ContinueCode


def newest_code(session: Session, session_id: int, lesson_id: int) -> ContinueCode | None:
    """The last code this browser asked for, used or not."""
    wanted = select(ContinueCode).where(ContinueCode.session_id == session_id, ContinueCode.lesson_id == lesson_id)
    return session.scalar(wanted.order_by(ContinueCode.id.desc()).limit(1))


def live_code(session: Session, code: str, account_id: int, now: datetime) -> ContinueCode | None:
    """A code that still leads this person: their own, unused, in time, and its browser is still signed in. For all
    others there is none, whatever the reason."""
    wanted = (
        select(ContinueCode).join(WebSession, WebSession.id == ContinueCode.session_id)
        .where(ContinueCode.code == code, ContinueCode.account_id == account_id, ContinueCode.used_at.is_(None),
               ContinueCode.expires_at > now, WebSession.ended_at.is_(None))
        .options(joinedload(ContinueCode.lesson).joinedload(Lesson.module).joinedload(Module.course))
    )
    return session.scalar(wanted)
