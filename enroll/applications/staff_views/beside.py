"""The review desk's pages beside the list and the case; their routes join the same blueprint."""

from enroll.applications.staff_views import colleagues, reasons, spot_checks

PAGES = (colleagues, reasons, spot_checks)
