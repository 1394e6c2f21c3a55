"""What the pages share: the blueprint, who may look, the tabs with what waits, the notice for the group."""

from collections.abc import Iterable
from datetime import datetime

from flask import Blueprint, url_for
from flask_babel import gettext as _

from enroll.accounts.permissions import Permission
from enroll.foundation.clock import local_day
from enroll.foundation.masking import mask_name
from enroll.foundation.words import N_
from enroll.hours.queries.waiting import waiting_counts
from enroll.storage.database import db
from enroll.web.addresses import outside_url
from enroll.web.components import Tab
from enroll.web.language import show_day, show_moment
from enroll.web.moments import now

staff = Blueprint("hours_staff", __name__, url_prefix="/staff/hours")
TARGET_WORKING_DAYS = 3
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SEES = (Permission.REVIEW_HOURS, Permission.REVOKE_PROOF)


def hours_tabs(current: str) -> list[Tab]:
    waiting = waiting_counts(db.session())
    return [
        Tab(N_("Minutes in doubt"), url_for("hours_staff.queue"), waiting["doubts"], current == "open"),
        Tab(N_("Disputes"), url_for("hours_staff.dispute_queue"), waiting["disputes"], current == "disputes"),
        Tab(N_("Claims"), url_for("hours_staff.claim_queue"), waiting["claims"], current == "claims"),
        Tab(N_("Second person"), url_for("hours_staff.adjustment_queue"), waiting["adjustments"],
            current == "adjustments"),
        Tab(N_("Unusual study"), url_for("hours_staff.anomaly_list"), waiting["anomalies"], current == "anomalies"),
        Tab(N_("Proofs of hours"), url_for("hours_staff.proof_list"), None, current == "proofs"),
    ]


def group_notice(head: str, rows: Iterable[tuple[str, str, datetime | None]], endpoint: str) -> str:
    """For the colleagues' group: masked names, what it is, by when, and the link. `head` has a place for %(day)s."""
    lines = [f"{mask_name(name)} {what} {_('by %(moment)s', moment=show_moment(until)) if until else ''}".rstrip()
             for name, what, until in list(rows)[:10]]
    if not lines:
        return ""
    return "\n".join([head % {"day": show_day(local_day(now()))}, *lines, outside_url(endpoint)])
