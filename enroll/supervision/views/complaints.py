"""One's own complaints: written, followed, added to, objected to, settled."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.problems import Refused
from enroll.storage.database import db
from enroll.supervision.forms import ComplaintForm, ObjectForm, PostForm
from enroll.supervision.lifecycle import COMPLAINT
from enroll.supervision.models import Complaint
from enroll.supervision.queries import complaints as queries
from enroll.supervision.rules.complaints import ABOUT_NAMES, ANSWER_WORKING_DAYS, FINDING_NAMES, About, Finding
from enroll.supervision.services import complaints as services
from enroll.supervision.views.asking import LARGEST_PICTURE, kept_picture
from enroll.web.access import requires
from enroll.web.addresses import asked_number
from enroll.web.downloads import send_stored
from enroll.web.forms import ActForm
from enroll.web.moments import now
from enroll.web.once import once
from enroll.web.uploads import takes_files

complaints = Blueprint("complaints", __name__, url_prefix="/complaints")


@complaints.get("")
@requires(Permission.LEARN)
def mine() -> Any:
    page = queries.my_complaints(db.session(), current_user.account_id, after=asked_number("after"))
    return render_template("supervision/complaints.html", page=page, lifecycle=COMPLAINT, abouts=ABOUT_NAMES,
                           days=ANSWER_WORKING_DAYS)


@complaints.get("/new")
@requires(Permission.LEARN)
def new() -> Any:
    return _new_page(ComplaintForm(formdata=None))


@complaints.post("/new")
@requires(Permission.LEARN)
@takes_files(LARGEST_PICTURE)
def send() -> Any:
    form = ComplaintForm()
    if not form.validate():
        return _new_page(form), 422
    wanted = services.NewComplaint(form.about.data, form.title.data, form.text.data, form.wish.data or "")
    try:
        picture = kept_picture(form.picture.data)
        answer = once(form, lambda: _page_of(services.complain(wanted, picture, by=current_user.actor, now=now())))
    except Refused as refused:
        return _new_page(form, form.show_problems(refused.problems)), 409
    flash(_("Your complaint has arrived. The answer comes as a message."), "ok")
    return answer


@complaints.get("/<ref:reference>")
@requires(Permission.LEARN)
def show(reference: str) -> Any:
    return _page(_mine(reference))


@complaints.get("/<ref:reference>/files/<token:token>")
@requires(Permission.LEARN)
def file(reference: str, token: str) -> Any:
    return send_stored(queries.file_of(_mine(reference), token, notes=False) or abort(404), inline=True)


@complaints.post("/<ref:reference>/add")
@requires(Permission.LEARN)
@takes_files(LARGEST_PICTURE)
def add(reference: str) -> Any:
    form, complaint = PostForm(), _mine(reference)
    if not form.validate():
        return _page(complaint, add_form=form), 422
    try:
        picture = kept_picture(form.picture.data)
    except Refused as refused:
        return _page(complaint, add_form=form, problems=form.show_problems(refused.problems)), 409
    return _act(reference, form, "add_form", _("Added to your complaint."), lambda: services.add_to_complaint(
        reference, form.text.data, picture, by=current_user.actor, now=now(), version=form.seen_version))


@complaints.post("/<ref:reference>/object")
@requires(Permission.LEARN)
def object_to(reference: str) -> Any:
    form, complaint = ObjectForm(), _mine(reference)
    if not form.validate():
        return _page(complaint, object_form=form), 422
    return _act(reference, form, "object_form", _("It is looked at again. The answer comes as a message."),
                lambda: services.object_to_answer(reference, form.reason.data, by=current_user.actor, now=now(),
                                                  version=form.seen_version))


@complaints.post("/<ref:reference>/settle")
@requires(Permission.LEARN)
def settle(reference: str) -> Any:
    form, complaint = ActForm(), _mine(reference)
    if not form.validate():
        return _page(complaint), 422
    return _act(reference, form, "", _("Closed, as you said."), lambda: services.settle_complaint(
        reference, by=current_user.actor, now=now(), version=form.seen_version))


def _act(reference: str, form: ActForm, name: str, done: str, act: Callable[[], None]) -> Any:
    def press() -> str:
        act()
        return _page_of(reference)

    try:
        answer = once(form, press)
    except Refused as refused:
        problems = form.show_problems(refused.problems)
        return _page(_mine(reference), problems=problems, **{name: form} if name else {}), 409
    flash(done, "ok")
    return answer


def _page(complaint: Complaint, *, problems: Any = (), **sent: Any) -> Any:
    forms: dict[str, Any] = {"add_form": PostForm, "object_form": ObjectForm, "settle_form": ActForm}
    made = {name: sent.get(name) or kind(formdata=None) for name, kind in forms.items()}
    for form in made.values():
        form.version.data = str(complaint.version)
    offers = {one.move.name for one in COMPLAINT.offers(complaint.state, current_user.actor,
                                                        queries.facts_of(complaint)) if one.open}
    return render_template(
        "supervision/complaint.html", complaint=complaint, label=COMPLAINT.label(complaint.state), offers=offers,
        about=ABOUT_NAMES[About(complaint.about)], problems=problems, form=next(iter(sent.values()), None),
        finding=FINDING_NAMES[Finding(complaint.finding)] if complaint.finding else "", largest=LARGEST_PICTURE,
        posts=[post for post in complaint.posts if not post.note], **made,
    )


def _new_page(form: ComplaintForm, problems: Any = ()) -> str:
    return render_template("supervision/complain.html", form=form, problems=problems, largest=LARGEST_PICTURE,
                           days=ANSWER_WORKING_DAYS)


def _mine(reference: str) -> Complaint:
    return queries.my_complaint(db.session(), current_user.account_id, reference) or abort(404)


def _page_of(reference: str) -> str:
    return url_for("complaints.show", reference=reference)
