"""Pictures of the identity document, as images: written anew, sealed, shown only to their owner and to reviewers."""

from typing import Any

from flask import abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from enroll.accounts.permissions import Permission
from enroll.documents.images import accept_document
from enroll.documents.refusals import UnacceptableImage
from enroll.foundation.problems import Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.learners.forms import DocumentForm
from enroll.learners.lifecycle import CheckKind
from enroll.learners.models import Learner
from enroll.learners.queries.checks import checks_of, files_in_force
from enroll.learners.queries.consents import has_agreed_to_identity
from enroll.learners.rules.checks import ONE_SIDED, still_open
from enroll.learners.services.files import OF_DOCUMENT, keep_document
from enroll.learners.views.pages import LARGEST_PICTURE, learners, me
from enroll.storage.database import db
from enroll.storage.files import StoredFile, keep_file
from enroll.web.access import requires
from enroll.web.downloads import send_stored
from enroll.web.moments import now
from enroll.web.once import once
from enroll.web.uploads import takes_files

NOTHING_CHOSEN = problem("no_picture", N_("Choose at least one picture."))


@learners.get("/identity/document")
@requires(Permission.LEARN)
def document() -> Any:
    return _page(me(), DocumentForm())


@learners.post("/identity/document")
@requires(Permission.LEARN)
@takes_files(len(OF_DOCUMENT) * LARGEST_PICTURE)
def keep_pictures() -> Any:
    learner, form = me(), DocumentForm()
    if not form.validate():
        return _page(learner, form), 422
    try:
        stored = _stored(learner, form)
        answer = once(form, lambda: _keep(learner, stored))
    except Refused as refused:
        return _page(me(), form, form.show_problems(refused.problems)), 422
    flash(_("Kept. Look at the pictures below: all four corners visible, every character readable?"), "ok")
    return answer


@learners.get("/identity/document/<kind>")
@requires(Permission.LEARN)
def picture(kind: str) -> Any:
    kept = files_in_force(db.session(), me().id).get(kind)
    if kept is None:
        abort(404)
    return send_stored(kept.file, inline=True)


def _stored(learner: Learner, form: DocumentForm) -> dict[str, StoredFile]:
    """Each chosen picture decoded, written anew and put on disk, sealed. Raises Refused naming each that is none."""
    sent: dict[str, FileStorage] = {kind: form[kind].data for kind in OF_DOCUMENT if form[kind].data}
    if not sent:
        raise Refused(NOTHING_CHOSEN)
    closed = still_open(checks_of(db.session(), learner.id)[CheckKind.IDENTITY].state)
    if closed or not has_agreed_to_identity(db.session(), learner.id, now()):
        raise Refused(closed or problem("consent_missing", N_(
            "Your separate consent to processing document data is missing."), mend="learners.consents"))
    db.session.rollback()  # decoding takes its time; the database need not wait for it
    pictures, problems = {}, []
    for kind, upload in sent.items():
        try:
            pictures[kind] = accept_document(upload.read(LARGEST_PICTURE + 1)).jpeg
        except UnacceptableImage as refused:
            problems.append(refused.problem(kind))
    if problems:
        raise Refused(problems)
    return {
        kind: keep_file(jpeg, name=f"{kind}.jpg", media_type="image/jpeg", purpose=kind, now=now(),
                        owner_id=current_user.account_id, sealed=True)
        for kind, jpeg in pictures.items()
    }


def _keep(learner: Learner, stored: dict[str, StoredFile]) -> str:
    for kind, file in stored.items():
        keep_document(learner.id, kind, file, by=current_user.actor, now=now())
    return url_for("learners.document")


def _page(learner: Learner, form: DocumentForm, problems: tuple[Problem, ...] = ()) -> str:
    closed = still_open(checks_of(db.session(), learner.id)[CheckKind.IDENTITY].state)
    return render_template(
        "learners/document.html", learner=learner, form=form, problems=problems, closed=closed,
        agreed=has_agreed_to_identity(db.session(), learner.id, now()), largest=LARGEST_PICTURE,
        files=files_in_force(db.session(), learner.id), one_sided=learner.id_type in ONE_SIDED,
    )
