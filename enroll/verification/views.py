"""The public page: is this document real? By number and name, or by the code on the paper."""

from typing import Any

from flask import Blueprint, Response, make_response, render_template

from enroll.learners.rules.numbers import IdType
from enroll.storage.database import db
from enroll.verification.forms import LookUpForm
from enroll.verification.queries import by_number, by_token, ticket_by_code
from enroll.verification.rules import STANDING_LABELS, Shown
from enroll.web.access import public
from enroll.web.moments import now
from enroll.web.throttle import limiter

verification = Blueprint("verification", __name__, url_prefix="/verify")


@verification.get("")
@public
def look_up() -> Any:
    return _page("verification/look_up.html", form=LookUpForm(), missed=False)


@verification.post("")
@public
@limiter.limit("30 per 10 minutes")
def answer() -> Any:
    """A miss and a wrong name are one answer. Number and name travel in the body: addresses end up in logs."""
    form = LookUpForm()
    if not form.validate():
        return _page("verification/look_up.html", 422, form=form, missed=False)
    found = by_number(db.session(), form.number.data or "", form.name.data or "", now())
    if found is None:
        return _page("verification/look_up.html", form=form, missed=True)
    return _shown(found)


@verification.get("/<token:token>")
@public
@limiter.limit("120 per 10 minutes")
def by_code(token: str) -> Any:
    found = by_token(db.session(), token, now())
    if found is None and (ticket := ticket_by_code(db.session(), token)) is not None:
        return _page("verification/ticket.html", ticket=ticket, checked_at=now())
    if found is None:
        return _page("verification/unknown.html", 404)
    return _shown(found)


def _shown(found: Shown) -> Response:
    return _page("verification/document.html", shown=found, label=STANDING_LABELS[found.standing],
                 checked_at=now(), id_type=found.id_type if found.id_type in set(IdType) else "")


def _page(template: str, status: int = 200, **values: Any) -> Response:
    """Nobody's document is for search engines, nor the page that finds it."""
    response = make_response(render_template(template, **values), status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
