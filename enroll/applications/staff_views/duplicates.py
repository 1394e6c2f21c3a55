"""Possible duplicates: learners who share what should be one person's alone, side by side, and what is said of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from enroll.accounts.permissions import Permission
from enroll.applications.forms.doubles import DoubleForm
from enroll.applications.lifecycle import APPLICATION
from enroll.applications.queries.doubles import applications_of
from enroll.applications.services.doubles import decide_double
from enroll.applications.staff_views.listing import SEES, applications_staff
from enroll.foundation.masking import mask_email, mask_phone
from enroll.foundation.problems import Problem, Refused
from enroll.foundation.words import N_
from enroll.learners.models import DoubleVerdict, Learner
from enroll.learners.queries.doubles import pictures_of, shared_by, suspected, verdicts_about
from enroll.learners.queries.people import learner_by_reference, learners_by_reference
from enroll.learners.rules.doubles import OUTCOME_NAMES, SHARED_NAMES, DoubleOutcome, Shared
from enroll.learners.rules.education import EDUCATION_NAMES
from enroll.learners.rules.numbers import ID_TYPE_NAMES, IdType
from enroll.storage.database import db
from enroll.storage.files import StoredFile
from enroll.web.access import requires
from enroll.web.addresses import asked
from enroll.web.downloads import send_stored
from enroll.web.language import show_moment, translate
from enroll.web.moments import now
from enroll.web.notices import group_notice
from enroll.web.once import once

PICTURES = {"photo": N_("ID photo"), "id_front": N_("ID document, portrait side"),
            "id_back": N_("ID document, emblem side"), "evidence": N_("Other evidence")}
LOOKS = (*SEES, Permission.REVIEW_IDENTITY)


@applications_staff.get("/duplicates")
@requires(*LOOKS)
def duplicates() -> str:
    """Every pair that nobody has decided about; of one learner with ?learner=."""
    session = db.session()
    learner = learner_by_reference(session, asked("learner", most=20)) if asked("learner") else None
    pairs = suspected(session, learner_id=learner.id if learner else None)
    return render_template(
        "applications/staff/duplicates.html", pairs=pairs, names=SHARED_NAMES, learner=learner,
        notice=group_notice(_("Possible duplicates to look at, %(day)s:"),
                            [(one.first.legal_name, f"{one.first.reference} / {one.second.reference}", None)
                             for one in pairs], "applications_staff.duplicates"))


@applications_staff.get("/duplicates/<ref:first>/<ref:second>")
@requires(*LOOKS)
def duplicate(first: str, second: str) -> str:
    return _page(_two(first, second), DoubleForm(formdata=None))


@applications_staff.post("/duplicates/<ref:first>/<ref:second>")
@requires(Permission.REVIEW_APPLICATIONS, Permission.REVIEW_IDENTITY)
def decide_duplicate(first: str, second: str) -> Any:
    """Two people, or one: said once about everything the two share now."""
    two, form = _two(first, second), DoubleForm()
    if not form.validate_on_submit():
        return _page(two, form), 422

    def act() -> str:
        decide_double(first, second, two.shared, DoubleOutcome(form.outcome.data),
                      reason=form.reason.data or "", by=current_user.actor, now=now())
        flash(_("Kept. The finding is gone from both cases.") if form.outcome.data == DoubleOutcome.TWO_PEOPLE else
              _("Kept. Live applications of both are flagged; a lead approves them."), "ok")
        return url_for(".duplicates")

    try:
        return once(form, act)
    except Refused as refused:
        return _page(_two(first, second), form, form.show_problems(refused.problems)), 422


@applications_staff.get("/duplicates/<ref:first>/<ref:second>/files/<token:token>")
@requires(*LOOKS)
def duplicate_file(first: str, second: str, token: str) -> Response:
    """A picture of one of the two, while they are suspected or once they were decided about."""
    two = _two(first, second)
    found = pictures_of(db.session(), two.one.id, two.other.id)
    stored = next((file for files in found.values() for file in files.values() if file.token == token), None)
    return send_stored(stored or abort(404), inline=True)


@dataclass(frozen=True)
class Two:
    """Two learners, the earlier record first; what they share that is undecided, and what was decided."""

    one: Learner
    other: Learner
    shared: list[Shared]
    verdicts: Sequence[DoubleVerdict]


def _two(first: str, second: str) -> Two:
    """Both learners, who share something or were decided about; any other pair is a 404: nobody is compared at will."""
    session = db.session()
    found = learners_by_reference(session, first, second)
    if [one.reference for one in found] != [first, second]:
        abort(404)
    one, other = found
    two = Two(one, other, shared_by(session, one.id, other.id), verdicts_about(session, one.id, other.id))
    if not two.shared and not two.verdicts:
        abort(404)
    return two


def _page(two: Two, form: DoubleForm, problems: tuple[Problem, ...] = ()) -> str:
    session, one, other = db.session(), two.one, two.other
    files, cases = pictures_of(session, one.id, other.id), applications_of(session, one.id, other.id)
    left, right = _facts(one, cases[one.id]), _facts(other, cases[other.id])
    telling = {_("Name"), _("Latin name"), _("Date of birth"), _("Document number"), _("Phone"), _("E-mail")}
    return render_template(
        "applications/staff/duplicate.html", one=one, other=other, form=form, problems=problems,
        may_decide=any(current_user.actor.may(may) for may in (Permission.REVIEW_APPLICATIONS,
                                                               Permission.REVIEW_IDENTITY)),
        shared=[SHARED_NAMES[why] for why in two.shared], outcomes=OUTCOME_NAMES, names=SHARED_NAMES,
        rows=[(label, fact.shown, right[label].shown, label in telling, fact.behind == right[label].behind)
              for label, fact in left.items()], verdicts=two.verdicts,
        pictures=[(translate(name), _src(two, files[one.id].get(kind)), _src(two, files[other.id].get(kind)))
                  for kind, name in PICTURES.items() if kind in files[one.id] or kind in files[other.id]])


def _src(two: Two, file: StoredFile | None) -> str:
    if file is None:
        return ""
    return url_for(".duplicate_file", first=two.one.reference, second=two.other.reference, token=file.token)


@dataclass(frozen=True)
class Fact:
    """What the page shows of a learner, and what stands behind it: two masks may look alike."""

    shown: str
    behind: str | None


def _facts(learner: Learner, cases: list[Any]) -> dict[str, Fact]:
    account, education = learner.account, EDUCATION_NAMES.get(learner.education)
    phone = mask_phone(account.phone) if account.phone else ""
    email = mask_email(account.email) if account.email else ""
    return {
        _("Name"): _fact(learner.legal_name), _("Latin name"): _fact(learner.latin_name),
        _("Date of birth"): _fact(learner.birth_date.isoformat()),
        _("Document type"): _fact(translate(ID_TYPE_NAMES[IdType(learner.id_type)]) if learner.id_type else ""),
        _("Document number"): Fact(learner.id_number_mask or "–", learner.id_number_key),
        _("Education"): _fact(translate(education) if education else ""), _("Employer"): _fact(learner.employer),
        _("Phone"): Fact(phone or "–", account.phone), _("E-mail"): Fact(email or "–", account.email_key),
        _("Signed up"): _fact(show_moment(learner.joined_at, year=True)),
        _("Applications"): _fact("; ".join(f"{one.reference} {translate(APPLICATION.label(one.state).staff)}"
                                           for one in cases)),
    }


def _fact(shown: str | None) -> Fact:
    return Fact(shown or "–", shown or None)
