"""Acting for a learner who asked for it 代办: their open matters, and a page for each thing that can be done there."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.applications.forms.standing_in import AskedForm, ChangeForForm, ChooseForForm, EvidenceForForm
from enroll.applications.lifecycle import ApplicationState, label_of
from enroll.applications.models import Application
from enroll.applications.queries.openings import enrolment_to_apply_with, opening_of, openings
from enroll.applications.queries.parts import past_of
from enroll.applications.queries.signatures import live_of_learner, newest_links
from enroll.applications.services import standing_in
from enroll.applications.services.seating import CHANGEABLE
from enroll.applications.staff_views.listing import applications_staff
from enroll.applications.views.choosing import all_of, days_of, labels_of
from enroll.audit.queries import done_for
from enroll.documents.images import accept_document
from enroll.documents.refusals import UnacceptableImage
from enroll.foundation.problems import Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.learners.lifecycle import IDENTITY_CHECK
from enroll.learners.models import Learner
from enroll.learners.queries.checks import checks_of
from enroll.learners.queries.people import learner_by_reference
from enroll.learners.rules.behalf import ASKED_NAMES
from enroll.learners.rules.checks import still_open
from enroll.learners.services.behalf import keep_pictures_for
from enroll.learners.services.files import OF_DOCUMENT
from enroll.programmes.queries.windows import published_window
from enroll.sittings.lifecycle import BOOKING, PART_NAMES, Part
from enroll.sittings.queries import bookings_of_learner, sittings_by_code, sittings_of
from enroll.storage.database import db
from enroll.storage.files import StoredFile, keep_file
from enroll.web.access import requires
from enroll.web.downloads import send_stored
from enroll.web.moments import now, real_now
from enroll.web.once import once
from enroll.web.uploads import takes_files

LARGEST_PICTURE = 10 * 1024 * 1024
NOTHING_CHOSEN = problem("no_picture", N_("Choose at least one picture."))
Act = Callable[[Any, StoredFile | None], object]


@applications_staff.get("/for/<ref:learner>")
@requires(Permission.ACT_FOR_LEARNERS)
def matters(learner: str) -> Any:
    """What is open for somebody, and what was done for them."""
    session, person, moment = db.session(), _learner(learner), now()
    live = live_of_learner(session, person.id)
    identity = checks_of(session, person.id)["identity"]
    return render_template(
        "applications/staff/stand_in.html", learner=person, mine=person.account_id == current_user.account_id,
        applications=live, links=newest_links(session, [one.id for one in live]), label_of=label_of,
        bookings=[one for one in bookings_of_learner(session, person.id) if one.state in CHANGEABLE],
        sittings=sittings_by_code(session, {code for one in live for code in one.chosen.values()}),
        openings=openings(session, person.account_id, moment), parts=PART_NAMES, booking_labels=BOOKING.labels,
        identity=IDENTITY_CHECK.label(identity.state), identity_open=still_open(identity.state) is None,
        acts=done_for(session, person.id, at_most=20), asked_names=ASKED_NAMES, now=real_now(),
    )


@applications_staff.route("/for/<ref:learner>/windows/<code:code>", methods=["GET", "POST"])
@requires(Permission.ACT_FOR_LEARNERS)
@takes_files(LARGEST_PICTURE)
def choose_for(learner: str, code: str) -> Any:
    """Begin the draft for a window, or go on with it: a sitting for each part."""
    session, person = db.session(), _learner(learner)
    window = published_window(session, code) or abort(404)
    enrolment = enrolment_to_apply_with(session, person.id, window.programme_id) or abort(404)
    opening = opening_of(past_of(session, person.id), enrolment, window, now())
    draft = next((one for one in live_of_learner(session, person.id) if one.window_id == window.id), None)
    if draft is not None and draft.state != ApplicationState.DRAFT:
        return redirect(url_for(".matters", learner=learner), 303)
    form = ChooseForForm(draft.parts if draft else opening.attempt.parts, draft.chosen if draft else {})
    form.version.data = form.version.data or (str(draft.version) if draft else "")
    rows = sittings_of(session, window.id)
    days = {name: days_of([one for one in rows if f"sitting_{one.part}" == name]) for name in form.sitting_fields}
    return _act(
        person, form, lambda sent, proof: standing_in.choose_for(
            person.id, code, sent.chosen, sent.asked(proof), by=current_user.actor, now=now(),
            seen_version=sent.seen_version),
        _("Kept. Now send the link by which the learner agrees and signs."), "choose",
        window=window, days=days, labels=labels_of(rows), against=() if draft else opening.problems,
    )


@applications_staff.route("/for/<ref:learner>/<ref:reference>/sign", methods=["GET", "POST"])
@requires(Permission.ACT_FOR_LEARNERS)
@takes_files(LARGEST_PICTURE)
def ask_to_sign(learner: str, reference: str) -> Any:
    """Send the link: the learner reads the application, agrees, signs, and hands it in."""
    person = _learner(learner)
    application = _theirs(person, reference)
    return _act(person, AskedForm(), lambda sent, proof: standing_in.ask_to_sign(
        person.id, reference, sent.asked(proof), by=current_user.actor, now=now(), real_now=real_now()),
        _("The link is on its way to the learner’s own address. The application waits for them."), "sign",
        application=application)


@applications_staff.route("/for/<ref:learner>/<ref:reference>/submit", methods=["GET", "POST"])
@requires(Permission.ACT_FOR_LEARNERS)
@takes_files(LARGEST_PICTURE)
def submit_for(learner: str, reference: str) -> Any:
    """Hand in a draft, where the learner has agreed and signed."""
    person = _learner(learner)
    application = _theirs(person, reference)
    form = AskedForm()
    form.version.data = form.version.data or str(application.version)
    return _act(person, form, lambda sent, proof: standing_in.submit_for(
        person.id, reference, sent.asked(proof), by=current_user.actor, now=now(), seen_version=sent.seen_version),
        _("Handed in. The seats are held."), "submit", application=application)


@applications_staff.route("/for/<ref:learner>/bookings/<ref:booking>", methods=["GET", "POST"])
@requires(Permission.ACT_FOR_LEARNERS)
@takes_files(LARGEST_PICTURE)
def change_for(learner: str, booking: str) -> Any:
    """Another sitting of the same part; the new seat is taken first."""
    session, person = db.session(), _learner(learner)
    seat = next((one for one in bookings_of_learner(session, person.id) if one.reference == booking), None) or abort(
        404)
    rows = [one for one in sittings_of(session, seat.window_id, Part(seat.part))
            if one.closed_at is None and one.seats_left > 0 and one.id != seat.sitting_id]
    return _act(person, ChangeForForm(), lambda sent, proof: standing_in.change_sitting_for(
        person.id, booking, str(sent.sitting.data), sent.asked(proof), by=current_user.actor, now=now()),
        _("The sitting is changed."), "change", booking=seat, days=all_of(rows), part=PART_NAMES[Part(seat.part)])


@applications_staff.route("/for/<ref:learner>/pictures", methods=["GET", "POST"])
@requires(Permission.ACT_FOR_LEARNERS)
@takes_files(4 * LARGEST_PICTURE)
def pictures_for(learner: str) -> Any:
    """Pictures of the document that the learner brought or sent."""
    person = _learner(learner)

    def act(sent: EvidenceForForm, proof: StoredFile | None) -> object:
        return keep_pictures_for(person.id, pictures, sent.asked(proof), hand_in_too=bool(sent.hand_in.data),
                                 by=current_user.actor, now=now())

    form, pictures = EvidenceForForm(), dict[str, StoredFile]()
    return _act(person, form, act, _("The pictures are kept."), "pictures", pictures=pictures,
                largest=LARGEST_PICTURE)


@applications_staff.get("/for/<ref:learner>/files/<token:token>")
@requires(Permission.ACT_FOR_LEARNERS, Permission.SEE_AUDIT)
def proof_of_act(learner: str, token: str) -> Any:
    """What shows that the learner asked for an act."""
    person = _learner(learner)
    stored = next((one.evidence for one in done_for(db.session(), person.id) if one.evidence is not None
                   and one.evidence.token == token), None)
    return send_stored(stored or abort(404), inline=True)


def _act(person: Learner, form: Any, act: Act, said: str, what: str, **shown: Any) -> Any:
    """The page of one act, and its press: everything typed stays where it is refused."""
    problems: tuple[Problem, ...] = ()
    pictures = shown.get("pictures")
    reference = person.reference
    if request.method == "POST" and form.validate():
        def press() -> str:
            act(form, proof)
            flash(said, "ok")
            return url_for("applications_staff.matters", learner=reference)

        try:
            if pictures is not None:
                pictures.update(_pictures(form))
            proof = _picture(form, "proof", "on_behalf")
            return once(form, press)
        except Refused as refused:
            problems = form.show_problems(refused.problems)
            person = _learner(reference)
    return render_template("applications/staff/stand_in_act.html", learner=person, form=form, problems=problems,
                           what=what, sittings=_sittings_of(shown.get("application")), parts=PART_NAMES,
                           **shown), (422 if request.method == "POST" else 200)


def _picture(form: Any, name: str, purpose: str) -> StoredFile | None:
    """A chosen picture decoded, written anew and put on disk, sealed; None where nothing was chosen. Raises Refused."""
    upload = form[name].data
    if upload is None or not upload.filename:
        return None
    try:
        jpeg = accept_document(upload.read(LARGEST_PICTURE + 1)).jpeg
    except UnacceptableImage as refused:
        raise Refused(refused.problem(name)) from refused
    db.session.rollback()  # the database need not wait for the disk
    return keep_file(jpeg, name=f"{name}.jpg", media_type="image/jpeg", purpose=purpose, now=now(),
                     owner_id=current_user.account_id, sealed=True)


def _pictures(form: Any) -> dict[str, StoredFile]:
    """Those of the document that were chosen. Raises Refused where none was."""
    found = {kind: stored for kind in OF_DOCUMENT if (stored := _picture(form, kind, kind)) is not None}
    if not found:
        raise Refused(NOTHING_CHOSEN)
    return found


def _sittings_of(application: Application | None) -> list[tuple[str, Any]]:
    if application is None:
        return []
    known = sittings_by_code(db.session(), application.chosen.values())
    return [(PART_NAMES[Part(part)], known.get(application.chosen.get(part, ""))) for part in application.parts]


def _theirs(person: Learner, reference: str) -> Application:
    """A draft of this learner; anything else is not found."""
    found = (one for one in live_of_learner(db.session(), person.id) if one.reference == reference)
    application = next(found, None) or abort(404)
    return application if application.state == ApplicationState.DRAFT else abort(404)


def _learner(reference: str) -> Learner:
    return learner_by_reference(db.session(), reference) or abort(404)
