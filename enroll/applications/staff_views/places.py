"""The review desk's pages, for whoever may open them."""

from typing import Any

from flask import current_app, request, url_for
from flask_login import current_user

from enroll.applications.staff_views.listing import applications_staff
from enroll.foundation.words import N_
from enroll.web.access import who_may_call
from enroll.web.components import Tab

PAGES = {
    "queue": N_("Applications"), "several": N_("Approve several"), "second_opinions": N_("Second opinions"),
    "spot_check_list": N_("Spot checks"), "exceptions": N_("Exceptions to rules"),
    "duplicates": N_("Possible duplicates"), "reasons": N_("Reason library"),
    "figures": N_("Review figures"),
}


@applications_staff.context_processor
def desk_pages() -> dict[str, Any]:
    """Nobody is led to a page that refuses them."""
    return {"desk_pages": [Tab(label, url_for(f".{name}"), None, request.endpoint == f"applications_staff.{name}")
                           for name, label in PAGES.items() if _opens(name)] if current_user.is_authenticated else []}


def _opens(name: str) -> bool:
    asked = who_may_call(current_app.view_functions[f"applications_staff.{name}"]) or ()
    return any(current_user.actor.may(one) for one in asked)
