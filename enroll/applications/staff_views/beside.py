"""The review desk's pages beside the list and the case; their routes join the same blueprint."""

from enroll.applications.staff_views import colleagues, duplicates, reasons, spot_checks

PAGES = (colleagues, duplicates, reasons, spot_checks)
