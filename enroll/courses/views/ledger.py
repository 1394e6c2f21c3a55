"""One's own ledger as a file."""

from typing import Any

from flask import abort
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.courses.views.hours import hours
from enroll.documents.sheets import Column, write_csv, write_xlsx
from enroll.hours.models import LedgerEntry
from enroll.hours.queries.ledger import chosen_ledger_of
from enroll.hours.queries.standing import my_enrolment
from enroll.hours.rules.listing import COLUMNS, MARKED, MOST_EXPORTED, cells_of
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked
from enroll.web.downloads import send_bytes
from enroll.web.language import translate
from enroll.web.moments import now, today

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@hours.get("/export.csv", defaults={"kind": "csv"})
@hours.get("/export.xlsx", defaults={"kind": "xlsx"})
@requires(Permission.LEARN)
def export(kind: str) -> Any:
    """Every entry, the oldest first, as the page is filtered."""
    session = db.session()
    enrolment = my_enrolment(session, current_user.account_id) or abort(404)
    wanted = chosen_ledger_of(enrolment.id, course=asked("course"), source=asked("source"))
    rows = [[translate(str(cell)) if place in MARKED else cell for place, cell in enumerate(cells_of(one))]
            for one in session.scalars(wanted.order_by(LedgerEntry.id).limit(MOST_EXPORTED))]
    columns = [Column(translate(title)) for title in COLUMNS]
    name = f"{_('My hours')}-{today().isoformat()}.{kind}"
    if kind == "csv":
        return send_bytes(write_csv(columns, rows), media_type="text/csv", name=name)
    return send_bytes(write_xlsx(columns, rows, sheet_title=_("My hours"), dated=now()), media_type=XLSX, name=name)
