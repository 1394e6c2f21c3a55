"""Every blueprint of the office's exam days; papers and rooming join the pages of a sitting."""

from enroll.admission.staff_views import attendance, days, door, incidents, papers, rooming

JOINED = (papers, rooming)
PAGES = (days.pages, door.pages, attendance.pages, incidents.pages)
