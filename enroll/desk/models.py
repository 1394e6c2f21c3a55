"""What the desk keeps of its own: the file of an exam window as it was put together for an inspection."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.programmes.models import Window
from enroll.storage.columns import UtcMoment, whole
from enroll.storage.database import Base
from enroll.storage.files import StoredFile


class WindowFile(Base):
    """The file 一期一档 of a window: asked for by somebody, made by the worker, kept as it was. A later one is another
    version; `done` of `total` parts says how far it is."""

    __tablename__ = "window_file"
    __table_args__ = (UniqueConstraint("window_id", "number"), *whole("total", 0, 1000), *whole("done", 0, 1000))

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    window_id: Mapped[int] = mapped_column(ForeignKey("exam_window.id"))
    number: Mapped[int]
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(300))
    asked_at: Mapped[datetime] = mapped_column(UtcMoment)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    asked_by_name: Mapped[str] = mapped_column(String(120))
    finished_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))

    window: Mapped[Window] = relationship()
    file: Mapped[StoredFile | None] = relationship()
