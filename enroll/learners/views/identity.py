"""Who one is: the parts to fill in, the details, and the last look before handing in."""

from typing import Any

from flask import flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.problems import Problem, Refused
from enroll.learners.forms import DetailsForm
from enroll.learners.lifecycle import IDENTITY_CHECK, CheckKind, CheckState
from enroll.learners.models import Guardian, Learner
from enroll.learners.queries.checks import checks_of, handed_by, history_of, missing_of
from enroll.learners.queries.consents import has_agreed_to_identity
from enroll.learners.rules.checks import still_open
from enroll.learners.rules.education import EDUCATION_NAMES
from enroll.learners.rules.numbers import ID_TYPE_NAMES, SEX_NAMES, IdType
from enroll.learners.services.identity import IdentityDetails, hand_in, save_identity
from enroll.learners.views.pages import learners, me
from enroll.learners.views.parts import KIND_NAMES, open_kinds, parts_of, to_correct
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.forms import ActForm
from enroll.web.language import country_name, translate
from enroll.web.moments import now
from enroll.web.once import once


@learners.get("/identity")
@requires(Permission.LEARN)
def identity() -> Any:
    learner = me()
    checks = checks_of(db.session(), learner.id)
    history = history_of(db.session(), *(check.id for check in checks.values()))
    moves = [move for move in history if move.move != "begin"]
    return render_template(
        "learners/identity.html", learner=learner, parts=parts_of(learner, checks),
        states=[(translate(KIND_NAMES[CheckKind(kind)]), IDENTITY_CHECK.label(checks[kind].state)) for kind in checks],
        returned=[one for check in checks.values() for one in to_correct(check)],
        unable=[move.reason for kind, check in checks.items() if check.state == CheckState.UNABLE
                for move in [one for one in history if one.record_id == check.id][:1]],
        locked=any(check.state == CheckState.VERIFIED for check in checks.values()),
        moves=sorted(moves, key=lambda move: move.made_at, reverse=True), labels=IDENTITY_CHECK,
    )


@learners.get("/identity/details")
@requires(Permission.LEARN)
def details() -> Any:
    learner = me()
    filled = {name: getattr(learner, name) for name in (
        "legal_name", "latin_name", "id_type", "birth_date", "sex", "nationality", "education", "employer", "version")}
    return _details_page(learner, DetailsForm(data=filled))


@learners.post("/identity/details")
@requires(Permission.LEARN)
def save_details() -> Any:
    learner, form = me(), DetailsForm()
    if not form.validate():
        return _details_page(learner, form), 422

    def act() -> str:
        kept = save_identity(learner.id, _typed(form), by=current_user.actor, now=now(), version=form.seen_version)
        if kept != form.legal_name.data:
            flash(_("Your name is kept as “%(name)s”, with the signs your document uses.", name=kept), "info")
        return url_for("learners.identity")

    try:
        return once(form, act)
    except Refused as refused:
        return _details_page(me(), form, form.show_problems(refused.problems)), 422


@learners.get("/identity/check")
@requires(Permission.LEARN)
def check_answers() -> Any:
    return _check_page(me(), ActForm())


@learners.post("/identity/submit")
@requires(Permission.LEARN)
def submit() -> Any:
    learner, form = me(), ActForm()
    kinds = open_kinds(checks_of(db.session(), learner.id))

    def act() -> str:
        hand_in(learner.id, kinds, by=current_user.actor, now=now())
        flash(_("Handed in. You hear from us within three working days; go on studying meanwhile."), "ok")
        return url_for("learners.identity")

    try:
        return once(form, act)
    except Refused as refused:
        return _check_page(me(), form, refused.problems), 422


def _typed(form: DetailsForm) -> IdentityDetails:
    assert form.birth_date.data is not None
    return IdentityDetails(
        legal_name=form.legal_name.data or "", latin_name=form.latin_name.data or "", id_type=form.id_type.data or "",
        id_number=form.id_number.data or "", birth_date=form.birth_date.data, sex=form.sex.data or "",
        nationality=form.nationality.data or "", education=form.education.data or "",
        employer=form.employer.data or "",
    )


def _details_page(learner: Learner, form: DetailsForm, problems: tuple[Problem, ...] = ()) -> str:
    closed = still_open(checks_of(db.session(), learner.id)[CheckKind.IDENTITY].state)
    agreed = has_agreed_to_identity(db.session(), learner.id, now())
    return render_template("learners/details.html", learner=learner, form=form, problems=problems, closed=closed,
                           agreed=agreed)


def _document(learner: Learner) -> str:
    return translate(ID_TYPE_NAMES[IdType(learner.id_type)]) if learner.id_type else _("not given yet")


def _check_page(learner: Learner, form: ActForm, problems: tuple[Problem, ...] = ()) -> str:
    handed = handed_by(db.session(), learner, now())
    kinds = open_kinds(checks_of(db.session(), learner.id))
    missing = [one for kind in kinds for one in missing_of(learner, kind, now(), handed)]
    return render_template("learners/check.html", learner=learner, form=form, problems=problems, files=handed.files,
                           rows=_rows(learner, handed.guardian), missing=missing,
                           kinds=[translate(KIND_NAMES[CheckKind(kind)]) for kind in kinds])


def _rows(learner: Learner, guardian: Guardian | None) -> list[tuple[str, str, str]]:
    """What was answered, each with the page where it is changed."""
    change = url_for("learners.details")
    rows = [
        (_("Name"), learner.legal_name or _("not given yet"), change),
        (_("Name in Latin letters"), learner.latin_name or "–", change),
        (_("Document"), _document(learner), change),
        (_("Document number"), learner.id_number_mask or "–", change),
        (_("Date of birth"), learner.birth_date.isoformat(), change),
        (_("Sex"), translate(SEX_NAMES[learner.sex]) if learner.sex else "–", change),
        (_("Nationality"), country_name(learner.nationality), change),
        (_("Education"), translate(EDUCATION_NAMES[learner.education]) if learner.education else "–", change),
        (_("Employer"), learner.employer or "–", change),
    ]
    return rows + ([(_("Guardian"), guardian.name, url_for("learners.guardian"))] if guardian else [])
