"""The review desk's pages beside the list and the case; their routes join the same blueprint."""

from enroll.applications.staff_views import (
    bulk,
    colleagues,
    duplicates,
    excepting,
    figures,
    places,
    reasons,
    spot_checks,
)

PAGES = (bulk, colleagues, duplicates, excepting, figures, places, reasons, spot_checks)
