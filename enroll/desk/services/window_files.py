"""The file 一期一档 of a window: asked for with a reason, put together outside any transaction, kept as it was."""

import hashlib
from datetime import datetime

from flask import current_app
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.admission.models import Attendance, AttendancePaper
from enroll.admission.queries.room_papers import sign_in_sheet_pdf
from enroll.audit import services as audit
from enroll.desk.events import WindowFileAsked
from enroll.desk.models import WindowFile
from enroll.desk.queries.window_sheets import sheets_of
from enroll.documents.sheets import Column, write_xlsx, zip_files
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, REASON_MISSING, NotFound, Refused
from enroll.foundation.references import public_token
from enroll.programmes.models import Window
from enroll.sittings.models import Booking, Sitting
from enroll.storage import outbox
from enroll.storage.database import db, lock, transaction
from enroll.storage.files import StoredFile, keep_file, read_file
from enroll.storage.outbox import Happened
from enroll.web.language import in_language

SHEETS = 13
INDEX = "00-目录.xlsx"
INDEX_COLUMNS = (Column("文件", 34), Column("内容", 48), Column("行数"), Column("SHA-256", 70))
ASKS = (Permission.SEE_AUDIT, Permission.LEAD_REVIEW)


def ask_file(code: str, reason: str, *, by: Actor, now: datetime) -> str:
    """Ask for another version of a window's file, saying what it is for; gives its token. Raises Refused, NotFound."""
    if not any(by.may(one) for one in ASKS):
        raise Refused(NOT_PERMITTED)
    if not reason.strip():
        raise Refused(REASON_MISSING)
    with transaction() as session:
        window = lock(session, Window, Window.code == code)
        newest = session.scalar(select(func.max(WindowFile.number)).where(WindowFile.window_id == window.id)) or 0
        asked = WindowFile(token=public_token(), window_id=window.id, number=newest + 1, reason=reason.strip(),
                           asked_at=now, asked_by_id=by.account_id, asked_by_name=by.name[:120])
        session.add(asked)
        audit.record(session, "window_file.ask", code, by=by, now=now, number=asked.number, reason=asked.reason)
        outbox.record(session, WindowFileAsked(asked.token), now)
        return asked.token


def note_taken(code: str, number: int, *, by: Actor, now: datetime) -> None:
    """Somebody takes the file out of the house."""
    with transaction() as session:
        audit.record(session, "window_file.download", code, by=by, now=now, number=number)


def make_file(happened: Happened, now: datetime) -> None:
    """On WindowFileAsked: put it together, counting as it goes. A second run changes nothing."""
    token, session = happened.event.token, db.session()
    asked = session.scalar(select(WindowFile).where(WindowFile.token == token))
    if asked is None or asked.file_id is not None:
        return
    window_id, code, number = asked.window_id, asked.window.code, asked.number
    files, listed = dict[str, bytes](), list[tuple[str, str, int | None]]()
    papers, scans = _sittings(session, window_id), _scans(session, window_id)
    total = SHEETS + len(papers) + len(scans)
    with in_language("zh"):
        for sheet in sheets_of(session, session.get_one(Window, window_id)):
            files[sheet.name] = write_xlsx(sheet.titled(), sheet.rows, sheet_title=sheet.name[3:-5])
            listed.append((sheet.name, sheet.holds, len(sheet.rows)))
        _count(token, len(files), total)
        for sitting_id, sitting in papers:
            name = f"签到表/{sitting}.pdf"
            files[name] = sign_in_sheet_pdf(db.session(), sitting_id, now=now, demo=bool(current_app.config["DEMO"]))
            listed.append((name, "各考场签到表（按当前座位）", None))
            _count(token, len(files), total)
        for place, file_id in enumerate(scans, 1):
            stored = db.session().get_one(StoredFile, file_id)
            name = f"签到表扫描件/{place:03d}-{stored.sha256[:8]}.{stored.name.rpartition('.')[2][:4] or 'bin'}"
            files[name] = read_file(stored)
            listed.append((name, "补登到场所依据的签到表扫描件", None))
            _count(token, len(files), total)
        index = [(name, holds, rows, hashlib.sha256(files[name]).hexdigest()) for name, holds, rows in listed]
        content = zip_files({INDEX: write_xlsx(INDEX_COLUMNS, index, sheet_title="目录"), **files})
    db.session.rollback()
    kept = keep_file(content, name=f"{code}期一期一档-第{number}版.zip", media_type="application/zip",
                     purpose="window_file", now=now, sealed=True)
    with transaction() as writing:
        row = lock(writing, WindowFile, WindowFile.token == token)
        if row.file_id is None:
            writing.add(kept)
            writing.flush()
            row.file_id, row.finished_at, row.done, row.total = kept.id, now, total, total


def file_by_token(session: Session, code: str, token: str) -> WindowFile:
    """Raises NotFound."""
    found = session.scalar(select(WindowFile).join(Window, Window.id == WindowFile.window_id).where(
        WindowFile.token == token, Window.code == code))
    if found is None:
        raise NotFound(token)
    return found


def _sittings(session: Session, window_id: int) -> list[tuple[int, str]]:
    """The sittings on site in which somebody has a seat."""
    seated = select(Booking.sitting_id).where(Booking.window_id == window_id, Booking.seat_no.is_not(None))
    return [(number, code) for number, code in session.execute(
        select(Sitting.id, Sitting.code).where(Sitting.id.in_(seated)).order_by(Sitting.code))]


def _scans(session: Session, window_id: int) -> list[int]:
    wanted = select(AttendancePaper.file_id).join(Attendance, Attendance.id == AttendancePaper.attendance_id).join(
        Booking, Booking.id == Attendance.booking_id).where(Booking.window_id == window_id)
    return sorted({one for one in session.scalars(wanted) if one is not None})


def _count(token: str, done: int, total: int) -> None:
    with transaction() as session:
        session.execute(update(WindowFile).where(WindowFile.token == token).values(done=done, total=total))
