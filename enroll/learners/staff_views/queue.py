"""Identities and photos that wait for a person, the longest waiting first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from enroll.accounts.permissions import Permission
from enroll.foundation.clock import local_day
from enroll.foundation.lifecycle import StateLabel
from enroll.foundation.masking import mask_name
from enroll.learners.forms import QueueFilter
from enroll.learners.lifecycle import IDENTITY_CHECK, CheckKind, CheckState
from enroll.learners.models import IdentityCheck
from enroll.learners.queries.queue import ALL, WAITING, queue
from enroll.learners.rules.checks import review_due
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number, outside_url
from enroll.web.language import show_moment
from enroll.web.moments import now, today

staff_identities = Blueprint("staff_identities", __name__, url_prefix="/staff/identities")


@dataclass(frozen=True)
class Row:
    reference: str
    name: str
    number: str
    photo: bool
    label: StateLabel
    submitted_at: datetime | None
    due_at: datetime | None
    days_left: int | None


@staff_identities.get("")
@requires(Permission.REVIEW_IDENTITY)
def index() -> Any:
    state, kind = _chosen("state", [*CheckState, ALL, WAITING], WAITING), _chosen("kind", CheckKind, "")
    text = asked("q")
    page = queue(db.session(), state=state, kind=kind, text=text, after=asked_number("after"))
    rows = [_row(check) for check in page.rows]
    kept: dict[str, Any] = {"q": text or None, "kind": kind or None, "state": state}
    return render_template(
        "learners/staff/index.html", rows=rows, filter=QueueFilter(request.args, state=state),
        filtered=bool(text or kind or state != WAITING), notice=_notice(rows) if rows else "",
        older=url_for("staff_identities.index", after=page.after, **kept) if page.after else "",
        newer=url_for("staff_identities.index", **kept) if request.args.get("after") else "",
    )


def _chosen(name: str, known: Any, otherwise: str) -> str:
    wanted = asked(name)
    return wanted if wanted in {str(one) for one in known} else str(otherwise)


def _row(check: IdentityCheck) -> Row:
    # What could not be verified waits for other evidence, and for us: its promise runs on.
    learner, waiting = check.learner, check.state in {CheckState.SUBMITTED, CheckState.UNABLE}
    due = review_due(check.submitted_at) if waiting and check.submitted_at else None
    return Row(check.reference, learner.legal_name or learner.reference, learner.id_number_mask,
               check.kind == CheckKind.PHOTO, IDENTITY_CHECK.label(check.state), check.submitted_at, due,
               (local_day(due) - today()).days if due else None)


def _notice(rows: list[Row]) -> str:
    """For the staff's own group: masked names, what is due, by when, and the link."""
    lines = [_("Identities and photos waiting, %(moment)s:", moment=show_moment(now()))]
    for row in rows[:10]:
        what = _("ID photo") if row.photo else _("Identity")
        due = show_moment(row.due_at) if row.due_at else "–"
        lines.append(_("%(reference)s %(name)s, %(what)s, by %(due)s", reference=row.reference,
                       name=mask_name(row.name), what=what, due=due))
    return "\n".join([*lines, outside_url("staff_identities.index")])
