"""Every blueprint of the office's exam days; papers, tickets in bulk and rooming join the pages of a sitting."""

from enroll.admission.staff_views import attendance, days, door, excuses, incidents, papers, printing, rooming

JOINED = (papers, printing, rooming)
PAGES = (days.pages, door.pages, attendance.pages, incidents.pages, excuses.pages)
