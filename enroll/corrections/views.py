"""One's own corrections: asked for with evidence, followed, withdrawn."""

from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.corrections.forms import CorrectionForm
from enroll.corrections.lifecycle import CORRECTION
from enroll.corrections.models import Correction
from enroll.corrections.queries import details_in, facts_of, file_of, live_correction, my_correction, my_corrections
from enroll.corrections.rules import FIELD_NAMES, KIND_NAMES, Kind
from enroll.corrections.services import request_correction, withdraw_correction
from enroll.documents.images import accept_document
from enroll.documents.refusals import UnacceptableImage
from enroll.foundation.masking import mask_number
from enroll.foundation.problems import Problem, Refused
from enroll.learners.models import Learner
from enroll.learners.queries.people import learner_of_account
from enroll.learners.rules.numbers import ID_TYPE_NAMES, SEX_NAMES, IdType
from enroll.learners.services.identity import IdentityDetails
from enroll.storage.database import db
from enroll.storage.files import StoredFile, keep_file
from enroll.web.access import requires
from enroll.web.downloads import send_stored
from enroll.web.forms import ActForm
from enroll.web.language import country_name, translate
from enroll.web.moments import now
from enroll.web.once import once
from enroll.web.uploads import takes_files

LARGEST_PICTURE = 10 * 1024 * 1024
corrections = Blueprint("corrections", __name__, url_prefix="/identity/corrections")


@corrections.get("")
@requires(Permission.LEARN)
def mine() -> Any:
    learner = _me()
    return render_template("corrections/mine.html", rows=my_corrections(db.session(), current_user.account_id),
                           lifecycle=CORRECTION, fields=FIELD_NAMES,
                           waits=live_correction(db.session(), learner.id) is not None)


@corrections.get("/new")
@requires(Permission.LEARN)
def new() -> Any:
    learner = _me()
    filled = {name: getattr(learner, name) for name in (
        "legal_name", "latin_name", "id_type", "birth_date", "sex", "nationality")}
    return _new_page(learner, CorrectionForm(formdata=None, data=filled))


@corrections.post("/new")
@requires(Permission.LEARN)
@takes_files(2 * LARGEST_PICTURE)
def send() -> Any:
    learner, form = _me(), CorrectionForm()
    if not form.validate():
        return _new_page(learner, form), 422
    number, wanted = learner.id, _typed(learner, form)
    try:
        evidence = _kept(form)
        answer = once(form, lambda: url_for(".show", reference=request_correction(
            number, wanted, form.reason.data, evidence, by=current_user.actor, now=now())))
    except Refused as refused:
        return _new_page(_me(), form, form.show_problems(refused.problems)), 422
    flash(_("Asked for. You hear from us within three working days; nothing changes until then."), "ok")
    return answer


@corrections.get("/<ref:reference>")
@requires(Permission.LEARN)
def show(reference: str) -> Any:
    return _page(_mine(reference))


@corrections.get("/<ref:reference>/files/<token:token>")
@requires(Permission.LEARN)
def picture(reference: str, token: str) -> Any:
    return send_stored(file_of(_mine(reference), token) or abort(404), inline=True)


@corrections.post("/<ref:reference>/withdraw")
@requires(Permission.LEARN)
def withdraw(reference: str) -> Any:
    form, correction = ActForm(), _mine(reference)
    if not form.validate():
        return _page(correction), 422

    def act() -> str:
        withdraw_correction(reference, by=current_user.actor, now=now(), version=form.seen_version)
        flash(_("Withdrawn. Everything stays as it is."), "ok")
        return url_for(".show", reference=reference)

    try:
        return once(form, act)
    except Refused as refused:
        return _page(_mine(reference), refused.problems), 409


def side_by_side(correction: Correction) -> list[tuple[str, str, str]]:
    """What was and what is wanted, field by field as people read it; numbers masked."""
    before, wanted = details_in(correction.before), details_in(correction.wanted)
    return [(FIELD_NAMES[field], in_words(before, field), in_words(wanted, field)) for field in correction.changed]


def in_words(details: IdentityDetails, field: str) -> str:
    value = str(getattr(details, field) or "")
    if not value:
        return "–"
    if field == "id_number":
        return mask_number(value)
    if field == "id_type":
        return translate(ID_TYPE_NAMES[IdType(value)])
    if field == "sex":
        return translate(SEX_NAMES[value])
    return country_name(value) if field == "nationality" else value


def _typed(learner: Learner, form: CorrectionForm) -> IdentityDetails:
    assert form.birth_date.data is not None, "the form was validated"
    return IdentityDetails(
        legal_name=form.legal_name.data or "", id_type=form.id_type.data or "", id_number=form.id_number.data or "",
        birth_date=form.birth_date.data, sex=form.sex.data or "", latin_name=form.latin_name.data or "",
        nationality=form.nationality.data or "", education=learner.education, employer=learner.employer,
    )


def _kept(form: CorrectionForm) -> list[StoredFile]:
    """Each picture decoded, written anew and put on disk, sealed. Raises Refused at the field of each that is none."""
    made, problems = [], []
    db.session.rollback()  # decoding takes its time; the database need not wait for it
    for field in (form.evidence, form.more):
        if not field.data:
            continue
        try:
            made.append(accept_document(field.data.read(LARGEST_PICTURE + 1)).jpeg)
        except UnacceptableImage as refused:
            problems.append(refused.problem(field.name))
    if problems:
        raise Refused(problems)
    return [keep_file(jpeg, name="evidence.jpg", media_type="image/jpeg", purpose="correction", now=now(),
                      owner_id=current_user.account_id, sealed=True) for jpeg in made]


def _new_page(learner: Learner, form: CorrectionForm, problems: tuple[Problem, ...] = ()) -> str:
    return render_template("corrections/new.html", learner=learner, form=form, problems=problems,
                           largest=LARGEST_PICTURE)


def _page(correction: Correction, problems: tuple[Problem, ...] = ()) -> str:
    form = ActForm(formdata=None)
    form.version.data = str(correction.version)
    offers = {one.move.name for one in CORRECTION.offers(correction.state, current_user.actor, facts_of(correction))
              if one.open}
    return render_template(
        "corrections/show.html", correction=correction, label=CORRECTION.label(correction.state),
        rows=side_by_side(correction), offers=offers, form=form, problems=problems,
        touched=[(KIND_NAMES[Kind(one["kind"])], one["reference"]) for one in correction.touched
                 if one["kind"] in (Kind.PROOF, Kind.TICKET, Kind.CERTIFICATE)],
    )


def _mine(reference: str) -> Correction:
    return my_correction(db.session(), current_user.account_id, reference) or abort(404)


def _me() -> Learner:
    return learner_of_account(db.session(), current_user.account_id) or abort(404)
