"""/demo: the tour, the people, the mailbox, and the next deadline. In demo databases only; elsewhere a 404."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, current_app, flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from enroll.accounts.services.sessions import begin_session
from enroll.demo import body
from enroll.demo.clock import set_clock
from enroll.demo.deadlines import JUST_AFTER, next_deadline
from enroll.demo.people import people
from enroll.demo.tour import TOUR
from enroll.foundation.words import say
from enroll.notifications.queries import letter, sent_letters
from enroll.storage.database import db
from enroll.storage.worker import run_jobs
from enroll.web.access import public
from enroll.web.addresses import asked_number, own_path
from enroll.web.cookie import remember
from enroll.web.downloads import send_bytes
from enroll.web.forms import ActForm
from enroll.web.language import show_moment, translate
from enroll.web.moments import now

pages = Blueprint("demo", __name__, url_prefix="/demo")


@pages.before_request
def only_in_a_demo() -> None:
    if not current_app.config["DEMO"]:
        abort(404)


@pages.get("")
@public
def tour() -> Any:
    session = db.session()
    return render_template("demo/tour.html", stops=TOUR, people=people(session), form=ActForm(), present=now(),
                           deadline=next_deadline(session, now()), replies=body.open_replies(session))


@pages.post("/sign-in/<code:username>")
@public
def sign_in(username: str) -> Response:
    """One press signs in as anybody of the demo; the password is public anyway."""
    if not ActForm().validate_on_submit():
        abort(400)
    account_id = next((one.account_id for one in people(db.session()) if one.username == username), None)
    if account_id is None:
        abort(404)
    token = begin_session(account_id, browser=request.user_agent.string, network_address=request.remote_addr or "",
                          real_now=datetime.now(UTC))
    remember(token)
    return _go(own_path(request.form.get("next"), url_for("home.start")))


@pages.post("/next-deadline")
@public
def move_on() -> Response:
    """Move the demo's clock just past the next deadline and run what falls due."""
    if not ActForm().validate_on_submit():
        abort(400)
    deadline = next_deadline(db.session(), now())
    if deadline is None:
        flash(_("Nothing lies ahead in this demo. Begin again with: flask demo --fresh"), "info")
    else:
        set_clock(current_app.extensions["clock"], deadline.at + JUST_AFTER)
        run_jobs(current_app._get_current_object(), current_app.extensions["jobs"])  # type: ignore[attr-defined]
        flash(_("It is now %(moment)s: %(what)s (%(reference)s).", moment=show_moment(deadline.at),
                what=translate(say(deadline.what)), reference=deadline.reference), "ok")
    return _go(url_for("demo.tour") + "#clock")


@pages.get("/mailbox")
@public
def mailbox() -> Any:
    page = sent_letters(db.session(), after=asked_number("after"))
    return render_template("demo/mailbox.html", page=page)


@pages.get("/mailbox/<int(max=2000000000):letter_id>")
@public
def one_letter(letter_id: int) -> Any:
    found = letter(db.session(), letter_id) or abort(404)
    return render_template("demo/letter.html", letter=found)


@pages.get("/replies/<ref:batch>")
@public
def reply(batch: str) -> Any:
    """What the issuing body of this demo answers to a batch that was sent: a real spreadsheet to import."""
    name, content = body.reply_to(db.session(), batch)
    return send_bytes(content, name=name,
                      media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def _go(address: str) -> Response:
    return Response(status=303, headers={"Location": address})
