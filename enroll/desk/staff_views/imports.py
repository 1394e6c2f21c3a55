"""One list of all imports, whoever brought the file and whatever it is about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, url_for
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.desk.queries.imports import ImportRow, ImportState
from enroll.desk.queries.imports import imports as imports_of
from enroll.desk.staff_views.desk import pages
from enroll.foundation.actor import Actor
from enroll.foundation.words import N_, Words, say
from enroll.handovers.services.kinds import KINDS as HANDED_OVER
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number

P = Permission
HANDS_OVER = tuple(dict.fromkeys(one for kind in HANDED_OVER.values() for one in (*kind.bring, *kind.confirm)))


@dataclass(frozen=True)
class Kind:
    """What a file can be about: who works with it, its own page, and where one is brought (None: on a record's page).
    `address` says which names that page's address takes the token and the subject by."""

    text: str
    permissions: tuple[Permission, ...]
    page: str
    bring: str | None = None
    by_subject: bool = False


KINDS = {
    "payments": Kind(N_("Payments"), (P.MANAGE_FEES,), "fees_staff.preview", "fees_staff.new_import"),
    "course": Kind(N_("A course as a zip"), (P.MANAGE_COURSES,), "authoring.import_preview", "authoring.new_import"),
    "questions": Kind(N_("Questions for the bank"), (P.MANAGE_BANK,), "bank_staff.preview", "bank_staff.new_import"),
    "attendance": Kind(N_("Attendance lists"), (P.RUN_EXAMS,), "admission_attendance.preview", by_subject=True),
    "marks": Kind(N_("Marks"), (P.MAKE_RESULTS, P.CHECK_RESULTS), "results_staff.staged"),
    "handover": Kind(N_("Records of before"), HANDS_OVER, "handovers_staff.preview",
                     "handovers_staff.index"),
    "reply": Kind(N_("Replies of the issuing body"), (P.EXCHANGE,), "exchange_staff.preview"),
}
STATES = {
    ImportState.CHECKED: (N_("Read, waits for a decision"), "warn", "clock"),
    ImportState.APPLIED: (N_("Applied"), "ok", "circle-check"),
    ImportState.ABANDONED: (N_("Abandoned or taken back"), "mute", "circle-minus"),
}
SEES = (*dict.fromkeys(one for kind in KINDS.values() for one in kind.permissions), P.SEE_AUDIT)


@dataclass(frozen=True)
class State:
    text: Words
    kind: str
    icon: str


@dataclass(frozen=True)
class Row:
    """An import as the page shows it; without `href` for whoever only reads."""

    file_name: str
    href: str
    about: Words
    subject: str
    state: State
    count: int
    refused: int
    brought_at: datetime
    brought_by: str
    applied_at: datetime | None
    applied_by: str


@pages.get("/imports")
@requires(*SEES)
def imports() -> Any:
    actor, filters = current_user.actor, {"kind": asked("kind", most=20), "state": asked("state", most=20)}
    mine = {key: one for key, one in KINDS.items() if actor.may(P.SEE_AUDIT) or _works_with(actor, one)}
    wanted = [filters["kind"]] if filters["kind"] in mine else list(mine)
    page = imports_of(db.session(), wanted, state=filters["state"], after=asked_number("after"))
    return render_template(
        "desk/imports.html", rows=[_row(one, actor) for one in page.rows], after=page.after, before=page.before,
        filters=filters, kinds=[(key, say(one.text)) for key, one in mine.items()],
        states=[(str(key), say(text), kind, icon) for key, (text, kind, icon) in STATES.items()],
        bring=[(say(one.text), url_for(one.bring)) for one in mine.values() if one.bring and _works_with(actor, one)],
    )


def _works_with(actor: Actor, kind: Kind) -> bool:
    return any(actor.may(permission) for permission in kind.permissions)


def _opens(actor: Actor, row: ImportRow, kind: Kind) -> bool:
    """Whose work the file is; of the lists of before each kind is some people's alone."""
    handed = HANDED_OVER.get(row.staged.kind.removeprefix("handover:"))
    if handed is not None:
        return any(actor.may(permission) for permission in (*handed.bring, *handed.confirm))
    return _works_with(actor, kind)


def _row(row: ImportRow, actor: Actor) -> Row:
    kind, staged, (text, colour, icon) = KINDS[row.kind], row.staged, STATES[row.state]
    where = {"token": staged.token, **({"code": staged.subject} if kind.by_subject else {})}
    return Row(
        staged.file_name, url_for(kind.page, **where) if _opens(actor, row, kind) else "",  # type: ignore[arg-type]
        say(kind.text), staged.subject, State(say(text), colour, icon), staged.row_count, len(staged.refused),
        staged.uploaded_at, row.brought_by, staged.applied_at, row.applied_by,
    )
