"""A lead lets an application go on in a later window, for a cause: the same two pages as the learner's own."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from enroll.accounts.permissions import Permission
from enroll.applications.staff_views.listing import applications_staff
from enroll.applications.staff_views.reviewing import found
from enroll.applications.views.transferring import Desk, check_target, choose_target
from enroll.web.access import requires


@applications_staff.get("/<ref:reference>/transfer")
@requires(Permission.LEAD_REVIEW)
def transfer_page(reference: str) -> Any:
    return choose_target(found(reference), _desk(reference))


@applications_staff.route("/<ref:reference>/transfer/check", methods=["GET", "POST"])
@requires(Permission.LEAD_REVIEW)
def transfer_check(reference: str) -> Any:
    return check_target(found(reference), _desk(reference))


def _desk(reference: str) -> Desk:
    return Desk("transfer_for_cause", "layout/staff.html", "applications_staff.transfer_page",
                "applications_staff.transfer_check", url_for("applications_staff.case", reference=reference),
                (_("Applications"), url_for("applications_staff.queue")), "applications_staff.case")
