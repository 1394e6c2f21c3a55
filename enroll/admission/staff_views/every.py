"""Every blueprint of the office's exam days; papers, tickets in bulk and rooming join the pages of a sitting."""

from enroll.admission.staff_views import (
    attendance,
    days,
    door,
    excuses,
    incidents,
    offline,
    papers,
    printing,
    releasing,
    rooming,
)

JOINED = (papers, printing, releasing, rooming)
PAGES = (days.pages, door.pages, attendance.pages, offline.pages, incidents.pages, excuses.pages)
