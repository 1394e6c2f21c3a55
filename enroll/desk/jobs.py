"""What the desk does in the background: it puts the file of a window together."""

import hashlib
from datetime import datetime

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.admission.models import Attendance, AttendancePaper
from enroll.admission.queries.room_papers import sign_in_sheet_pdf
from enroll.desk.models import WindowFile
from enroll.desk.queries.window_sheets import sheets_of
from enroll.desk.services.window_files import count_part, keep_made
from enroll.documents.sheets import Column, write_xlsx, zip_files
from enroll.programmes.models import Window
from enroll.sittings.models import Booking, Sitting
from enroll.storage.database import db
from enroll.storage.files import StoredFile, read_file
from enroll.storage.outbox import Happened
from enroll.web.language import in_language, translate

SHEETS = 13
INDEX = "00-目录.xlsx"
INDEX_COLUMNS = (Column("文件", 34), Column("内容", 48), Column("行数"), Column("SHA-256", 70))


def make_window_file(happened: Happened, now: datetime) -> None:
    """On WindowFileAsked: put it together outside any transaction, counting as it goes."""
    token, session = happened.event.token, db.session()
    asked = session.scalar(select(WindowFile).where(WindowFile.token == token))
    if asked is None or asked.file_id is not None:
        return
    window_id, demo = asked.window_id, bool(current_app.config["DEMO"])
    papers, scans = _sittings(session, window_id), _scans(session, window_id)
    total = SHEETS + len(papers) + len(scans)
    files, index = dict[str, bytes](), list[tuple[str, str, int | None, str]]()

    def add(name: str, content: bytes, holds: str, rows: int | None = None) -> None:
        files[name] = content
        index.append((name, holds, rows, hashlib.sha256(content).hexdigest()))

    with in_language("zh"):
        for sheet in sheets_of(session, session.get_one(Window, window_id), translate):
            add(sheet.name, write_xlsx(sheet.titled(), sheet.rows, sheet_title=sheet.name[3:-5]), sheet.holds,
                len(sheet.rows))
    count_part(token, len(files), total)
    for sitting_id, code in papers:
        add(f"签到表/{code}.pdf", sign_in_sheet_pdf(db.session(), sitting_id, now=now, demo=demo),
            "各考场签到表（按当前座位）")
        count_part(token, len(files), total)
    for place, file_id in enumerate(scans, 1):
        stored = db.session().get_one(StoredFile, file_id)
        ending = stored.name.rpartition(".")[2][:4] or "bin"
        add(f"签到表扫描件/{place:03d}.{ending}", read_file(stored), "补登到场所依据的签到表扫描件")
        count_part(token, len(files), total)
    contents = {INDEX: write_xlsx(INDEX_COLUMNS, index, sheet_title="目录"), **files}
    keep_made(token, zip_files(contents), now=now)


def _sittings(session: Session, window_id: int) -> list[tuple[int, str]]:
    """The sittings on site in which somebody has a seat."""
    seated = select(Booking.sitting_id).where(Booking.window_id == window_id, Booking.seat_no.is_not(None))
    return [(number, code) for number, code in session.execute(
        select(Sitting.id, Sitting.code).where(Sitting.id.in_(seated)).order_by(Sitting.code))]


def _scans(session: Session, window_id: int) -> list[int]:
    wanted = select(AttendancePaper.file_id).join(Attendance, Attendance.id == AttendancePaper.attendance_id).join(
        Booking, Booking.id == Attendance.booking_id).where(Booking.window_id == window_id)
    return sorted({one for one in session.scalars(wanted) if one is not None})
