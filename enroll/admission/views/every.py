"""Every blueprint of a learner's exam days."""

from enroll.admission.views import equipment, excuses, incidents, tickets

PAGES = (tickets.pages, incidents.pages, excuses.pages, equipment.pages)
