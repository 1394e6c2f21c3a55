"""The files of exam windows that were put together, or are being."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from enroll.desk.models import WindowFile
from enroll.programmes.lifecycle import WindowState
from enroll.programmes.models import Window

MOST_SHOWN = 20


def windows_to_file(session: Session) -> Sequence[Window]:
    """Everything that was ever published, the newest first."""
    wanted = select(Window).where(Window.state != WindowState.DRAFT)
    return session.scalars(wanted.order_by(Window.code.desc())).all()


def newest_by_window(session: Session) -> Mapping[int, WindowFile]:
    return {one.window_id: one for one in session.scalars(select(WindowFile).order_by(WindowFile.number))}


def files_of(session: Session, window_id: int) -> Sequence[WindowFile]:
    """The newest first."""
    wanted = select(WindowFile).where(WindowFile.window_id == window_id).options(joinedload(WindowFile.file))
    return session.scalars(wanted.order_by(WindowFile.number.desc()).limit(MOST_SHOWN)).all()


def file_by_token(session: Session, code: str, token: str) -> WindowFile | None:
    return session.scalar(select(WindowFile).join(Window, Window.id == WindowFile.window_id).where(
        WindowFile.token == token, Window.code == code))
