"""What the pages share: the blueprint, who may look, and the tabs with what waits."""

from flask import Blueprint, url_for

from enroll.accounts.permissions import Permission
from enroll.foundation.words import N_
from enroll.hours.queries.doubts import waiting_doubts
from enroll.storage.database import db
from enroll.web.components import Tab

staff = Blueprint("hours_staff", __name__, url_prefix="/staff/hours")
TARGET_WORKING_DAYS = 3
SEES = (Permission.REVIEW_HOURS, Permission.REVOKE_PROOF)


def hours_tabs(current: str) -> list[Tab]:
    waiting = waiting_doubts(db.session())
    return [
        Tab(N_("To decide"), url_for("hours_staff.queue"), waiting, current == "open"),
        Tab(N_("Decided"), url_for("hours_staff.queue", state="decided"), None, current == "decided"),
        Tab(N_("Proofs of hours"), url_for("hours_staff.proof_list"), None, current == "proofs"),
    ]
