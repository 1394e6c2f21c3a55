"""Every blueprint of a learner's exam days."""

from enroll.admission.views import incidents, tickets

PAGES = (tickets.pages, incidents.pages)
