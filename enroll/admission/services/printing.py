"""All tickets of a sitting or a window in one file: asked for, made piece by piece, kept."""

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime

from pypdf import PdfReader, PdfWriter
from sqlalchemy import update

from enroll.accounts.permissions import Permission
from enroll.admission.events import PrintAsked
from enroll.admission.models import TicketPrint
from enroll.admission.queries.days import window_or_sitting
from enroll.admission.queries.notices import print_by_token, tickets_in_force, tickets_to_print
from enroll.admission.rules.tickets import PrintForm
from enroll.audit import services as audit
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, Refused, problem
from enroll.foundation.references import public_token
from enroll.foundation.words import N_
from enroll.storage import outbox
from enroll.storage.database import db, lock, transaction
from enroll.storage.files import StoredFile, keep_file, read_file

AT_ONCE = 40
"""So many are made while the page waits: some 20 ms each. More go to the background."""
COUNT_EVERY = 25


def ask_print(code: str, form: PrintForm, *, by: Actor, now: datetime) -> str:
    """Ask for all tickets in force of a sitting or window as one file; gives its token. A small one is made by
    `make_print` at once, a large one by the worker. Raises Refused where no ticket is out, NotFound."""
    if not by.may(Permission.RUN_EXAMS):
        raise Refused(NOT_PERMITTED)
    with transaction() as session:
        window, sitting_id = window_or_sitting(session, code)
        total = tickets_in_force(session, window.id, sitting_id)
        if not total:
            raise Refused(problem("no_tickets", N_("No ticket is out yet.")))
        asked = TicketPrint(token=public_token(), code=code, form=str(form), total=total, asked_at=now,
                            asked_by_id=by.account_id, asked_by_name=by.name, missing=0)
        session.add(asked)
        audit.record(session, "ticket.print_all", code, by=by, now=now, form=str(form), tickets=total)
        if total > AT_ONCE:
            outbox.record(session, PrintAsked(asked.token), now)
        return asked.token


def make_print(token: str, *, now: datetime) -> None:
    """Make the file that was asked for, outside any transaction, counting as it goes. A second run changes nothing."""
    session = db.session()
    asked = print_by_token(session, token)
    if asked is None or asked.file_id is not None:
        return
    code, form = asked.code, PrintForm(asked.form)
    window, sitting_id = window_or_sitting(session, code)
    found = tickets_to_print(session, window.id, sitting_id)
    session.rollback()
    content = _as_pdf(found, token) if form is PrintForm.PDF else _as_zip(found, token)
    media = "application/pdf" if form is PrintForm.PDF else "application/zip"
    kept = keep_file(content, name=f"{code}-tickets.{form}", media_type=media, purpose="ticket_print", now=now,
                     sealed=True)
    with transaction() as writing:
        row = lock(writing, TicketPrint, TicketPrint.token == token)
        if row.file_id is None:
            writing.add(kept)
            writing.flush()
            row.file_id, row.finished_at, row.total, row.done = kept.id, now, len(found), len(found)
            row.missing = sum(1 for _name, file_id in found if file_id is None)


def _as_pdf(found: Sequence[tuple[str, int | None]], token: str) -> bytes:
    writer = PdfWriter()
    for place, (_name, file_id) in enumerate(found, 1):
        if file_id is not None:
            writer.append(PdfReader(io.BytesIO(_content(file_id))), import_outline=False)
        _count(token, place)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _as_zip(found: Sequence[tuple[str, int | None]], token: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for place, (name, file_id) in enumerate(found, 1):
            if file_id is not None:
                packed.writestr(zipfile.ZipInfo(name), _content(file_id))
            _count(token, place)
    return out.getvalue()


def _content(file_id: int) -> bytes:
    session = db.session()
    content = read_file(session.get_one(StoredFile, file_id))
    session.rollback()
    return content


def _count(token: str, done: int) -> None:
    if done % COUNT_EVERY == 0:
        with transaction() as session:
            session.execute(update(TicketPrint).where(TicketPrint.token == token).values(done=done))
