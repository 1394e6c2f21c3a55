"""What the pages share: the blueprint, who may look, the tabs with what waits."""

from flask import Blueprint, url_for

from enroll.accounts.permissions import Permission
from enroll.foundation.words import N_
from enroll.hours.queries.waiting import waiting_counts
from enroll.storage.database import db
from enroll.web.components import Tab

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
