"""One learner's identity and photo: exceptions first, the pictures beside, the verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.audit.queries import helpers_of_each
from enroll.foundation.lifecycle import Offer
from enroll.foundation.masking import mask_email, mask_phone
from enroll.foundation.problems import Problem, Refused, problem
from enroll.foundation.text import UnreadableText, clean_line
from enroll.foundation.words import N_
from enroll.learners.forms import EnterNameForm, RevealForm, VerdictForm
from enroll.learners.lifecycle import IDENTITY_CHECK, CheckKind, CheckState
from enroll.learners.models import Guardian, IdentityCheck, Learner, LearnerFile, Reason
from enroll.learners.queries.checks import (
    Handed,
    check_facts,
    checks_beside,
    files_in_force,
    handed_by,
    history_of,
)
from enroll.learners.queries.consents import reason_of, reasons_for
from enroll.learners.queries.findings import automatic_findings
from enroll.learners.queries.queue import next_waiting
from enroll.learners.rules.checks import IDENTITY_ITEMS, PHOTO_ITEMS
from enroll.learners.rules.education import EDUCATION_NAMES
from enroll.learners.rules.names import code_points
from enroll.learners.rules.numbers import ID_TYPE_NAMES, SEX_NAMES, IdType
from enroll.learners.services.identity import ReturnItem, decide_check, reveal_number
from enroll.learners.services.names import enter_name
from enroll.learners.staff_views.queue import staff_identities
from enroll.storage.database import db
from enroll.web.access import requires, weighty
from enroll.web.addresses import asked, asked_number
from enroll.web.components import EvidenceFile
from enroll.web.downloads import send_stored
from enroll.web.language import country_name, language, translate
from enroll.web.moments import now
from enroll.web.once import act_once, once

ITEM_NAMES = {
    "name": N_("Name"), "id_document": N_("Document and its pictures"), "photo": N_("ID photo"),
    "guardian": N_("Guardian"), "other": N_("Other"),
}
FILE_NAMES = {
    "id_front": N_("Portrait side"), "id_back": N_("Other side"), "evidence": N_("Other evidence"),
    "photo": N_("ID photo"), "photo_source": N_("Photo as sent"),
}
LONGEST_WORDS = 500


@dataclass(frozen=True)
class Returnable:
    """One thing that can be named on a return, with the library's reasons: (code, words)."""

    item: str
    title: str
    reasons: list[tuple[str, str]]


@staff_identities.get("/<ref:reference>")
@requires(Permission.REVIEW_IDENTITY)
def show(reference: str) -> Any:
    check, other = _both(reference)
    return _page(check, other=other)


@staff_identities.get("/<ref:reference>/<kind>.jpg")
@requires(Permission.REVIEW_IDENTITY)
def picture(reference: str, kind: str) -> Any:
    kept = files_in_force(db.session(), _found(reference).learner_id).get(kind)
    if kept is None:
        abort(404)
    return send_stored(kept.file, inline=True)


@staff_identities.post("/<ref:reference>/reveal")
@requires(Permission.REVEAL_IDENTITY)
@weighty
def reveal(reference: str) -> Any:
    """The whole number stands on the answer alone: no address leads to it, and no cookie carries it."""
    check, form = _found(reference), RevealForm()
    learner_id = check.learner_id
    if not form.validate():
        return _page(check, reveal_form=form), 422
    act_once(form, lambda: _revealed(learner_id, form.reason.data or ""))
    found = _found(reference)
    return _page(found, number=found.learner.id_number or "")


@staff_identities.post("/<ref:reference>/name")
@requires(Permission.REVIEW_IDENTITY)
def enter(reference: str) -> Any:
    """The name from the picture, for somebody who cannot type it."""
    check, form = _found(reference), EnterNameForm()
    learner_id = check.learner_id
    if not form.validate():
        return _page(check, name_form=form), 422

    def act() -> str:
        kept = enter_name(learner_id, form.entered_name.data or "", by=current_user.actor, now=now(),
                          version=form.seen_version)
        flash(_("Kept as “%(name)s”; the learner is asked whether it is right.", name=kept), "ok")
        return url_for("staff_identities.show", reference=reference)

    try:
        return once(form, act)
    except Refused as refused:
        return _page(_found(reference), problems=form.show_problems(refused.problems), name_form=form), 422


@staff_identities.post("/<ref:reference>/<move>")
@requires(Permission.REVIEW_IDENTITY)
def decide(reference: str, move: str) -> Any:
    check, form = _found(reference), VerdictForm()
    if move not in IDENTITY_CHECK.moves:
        abort(404)
    if not form.validate():
        return _page(check, form), 422
    kind, learner = check.kind, check.learner
    try:
        items = _named_items(learner, kind) if move == "return" else []
        return once(form, lambda: _decide(reference, move, form, items))
    except Refused as refused:
        return _page(_found(reference), form, form.show_problems(refused.problems)), 422


def _revealed(learner_id: int, reason: str) -> str:
    reveal_number(learner_id, by=current_user.actor, now=now(), reason=reason)
    return "shown"


def _decide(reference: str, move: str, form: VerdictForm, items: list[ReturnItem]) -> str:
    by, moment, reason = current_user.actor, now(), form.reason.data or ""
    decide_check(reference, move, by=by, now=moment, reason=reason, items=items, version=form.seen_version)
    check = _found(reference)
    if form.both.data and move == "verify":
        other = _other(check)
        decide_check(other.reference, move, by=by, now=moment, reason=reason, version=_number(form.other_version.data))
    flash(_("%(name)s: decided.", name=check.learner.legal_name or check.reference), "ok")
    if not request.form.get("go_on"):
        return url_for("staff_identities.show", reference=reference)
    following = next_waiting(db.session(), check, but_account=by.account_id)
    if following is None:
        return url_for("staff_identities.index")
    return url_for("staff_identities.show", reference=following.reference)


def _named_items(learner: Learner, kind: str) -> list[ReturnItem]:
    """What is ticked, each with its reason and words; without words, those of the library in the learner's language."""
    known, items = PHOTO_ITEMS if kind == CheckKind.PHOTO else IDENTITY_ITEMS, []
    for item in dict.fromkeys(request.form.getlist("item")):
        if item not in known:
            continue
        code = request.form.get(f"reason_{item}", "")
        reason = reason_of(db.session(), item, code) or reason_of(db.session(), "other", code)
        try:
            words = clean_line(request.form.get(f"words_{item}", ""))[:LONGEST_WORDS]
        except UnreadableText as error:
            raise Refused(problem("words_unreadable", N_("The words for the learner have a character that cannot be "
                                                         "used (%(character)s). Type them again."),
                                  field=f"words_{item}", character=error.character)) from error
        items.append(ReturnItem(item, reason.code if reason else "other", words or _library_words(reason, learner)))
    return [one for one in items if one.words]


def _library_words(reason: Reason | None, learner: Learner) -> str:
    if reason is None or reason.code == "other":
        return ""
    return reason.said(learner.account.language)


def _found(reference: str) -> IdentityCheck:
    return _both(reference)[0]


def _other(check: IdentityCheck) -> IdentityCheck:
    """The learner's other check: of the photo for an identity, of the identity for a photo."""
    return _both(check.reference)[1]


def _both(reference: str) -> Sequence[IdentityCheck]:
    return checks_beside(db.session(), reference) or abort(404)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _page(
    check: IdentityCheck, form: VerdictForm | None = None, problems: tuple[Problem, ...] = (), *,
    other: IdentityCheck | None = None, reveal_form: RevealForm | None = None, number: str = "",
    name_form: EnterNameForm | None = None,
) -> str:
    session, learner, other = db.session(), check.learner, other or _other(check)
    handed = handed_by(session, learner, now())
    files = _evidence(check, handed.files)
    shown = next((one for one in files if one.key == asked("file")), files[0] if files else None)
    rule = current_app.extensions["photo_rule"](now())
    form = form or VerdictForm(formdata=None, version=check.version, other_version=other.version)
    helpers = helpers_of_each(session, check.reference, other.reference)
    offers = {offer.move.name: offer for offer in _offers(check, handed, helpers)}
    together = offers.get("verify") is not None and any(
        one.move.name == "verify" and one.open for one in _offers(other, handed, helpers))
    return render_template(
        "learners/staff/show.html", check=check, other=other, learner=learner, problems=problems,
        form=reveal_form or name_form or form, verdict=form, title=learner.legal_name or learner.reference,
        label=IDENTITY_CHECK.label(check.state), typed=request.form,
        other_label=IDENTITY_CHECK.label(other.state), photo=check.kind == CheckKind.PHOTO,
        rows=_rows(learner, number, handed.guardian), files=files, shown=shown, number=number,
        findings=automatic_findings(session, learner, now(), photo_rule=rule, handed=handed),
        zoom=asked_number("zoom") or 100, turn=asked_number("turn") or 0, offers=offers, together=together,
        returnable=_returnable(check.kind), reveal_form=reveal_form or RevealForm(formdata=None),
        may_reveal=current_user.actor.may(Permission.REVEAL_IDENTITY) and bool(learner.id_number_mask) and not number,
        history=[(one, IDENTITY_CHECK) for one in history_of(session, check.id) if one.move != "begin"],
        open_items=[one for one in check.returned if one.mended_at is None], item_names=ITEM_NAMES,
        ticked=request.form.getlist("item"), points=code_points(learner.legal_name),
        enters_name=check.kind == CheckKind.IDENTITY and check.state != CheckState.VERIFIED,
        name_form=name_form or EnterNameForm(formdata=None, version=learner.version, entered_name=learner.legal_name),
    )


def _offers(check: IdentityCheck, handed: Handed, helpers: Mapping[str, frozenset[int]]) -> list[Offer]:
    facts = check_facts(db.session(), check.learner, check.kind, now(), handed, helpers[check.reference])
    return IDENTITY_CHECK.offers(CheckState(check.state), current_user.actor, facts)


def _evidence(check: IdentityCheck, files: dict[str, LearnerFile]) -> list[EvidenceFile]:
    order = ("photo", "photo_source", "id_front") if check.kind == CheckKind.PHOTO else (
        "id_front", "id_back", "evidence", "photo")
    found = []
    for kind in order:
        if kind in files:
            src = url_for("staff_identities.picture", reference=check.reference, kind=kind)
            title = translate(FILE_NAMES[kind])
            found.append(EvidenceFile(kind, title, src, title))
    return found


def _returnable(kind: str) -> list[Returnable]:
    found, items = [], PHOTO_ITEMS if kind == CheckKind.PHOTO else IDENTITY_ITEMS
    library = reasons_for(db.session(), items, "return")
    for item in items:
        reasons = [(one.code, one.words_en if language() == "en" else one.words_zh)
                   for one in library if one.item in {item, "other"}]
        found.append(Returnable(item, translate(ITEM_NAMES[item]), reasons))
    return found


def _rows(learner: Learner, number: str, guardian: Guardian | None) -> list[tuple[str, str]]:
    account = learner.account
    rows = [
        (_("Name"), learner.legal_name or "–"),
        (_("Name in Latin letters"), learner.latin_name or "–"),
        (_("Document"), translate(ID_TYPE_NAMES[IdType(learner.id_type)]) if learner.id_type else "–"),
        (_("Document number"), number or learner.id_number_mask or "–"),
        (_("Date of birth"), learner.birth_date.isoformat()),
        (_("Sex"), translate(SEX_NAMES[learner.sex]) if learner.sex else "–"),
        (_("Nationality"), country_name(learner.nationality)),
        (_("Education"), translate(EDUCATION_NAMES[learner.education]) if learner.education else "–"),
        (_("Employer"), learner.employer or "–"),
        (_("E-mail"), mask_email(account.email) if account.email else "–"),
        (_("Mobile number"), mask_phone(account.phone) if account.phone else "–"),
    ]
    return rows + ([(_("Guardian"), guardian.name)] if guardian else [])
