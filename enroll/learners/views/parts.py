"""The parts of the identity page, and what stands in the way of each."""

from dataclasses import dataclass

from flask import url_for

from enroll.foundation.words import N_, Words, say
from enroll.learners.lifecycle import CheckKind, CheckState
from enroll.learners.models import Guardian, IdentityCheck, Learner
from enroll.learners.queries.checks import Handed, handed_by, missing_of
from enroll.learners.queries.consents import reason_of
from enroll.learners.rules.ages import needs_guardian
from enroll.learners.rules.checks import PHOTO_ITEMS, still_open
from enroll.storage.database import db
from enroll.web.language import language, translate
from enroll.web.moments import now, today

ITEM_NAMES = {
    "name": N_("Name"), "id_document": N_("Document and its pictures"), "photo": N_("ID photo"),
    "guardian": N_("Guardian"), "other": N_("Other"),
}
KIND_NAMES = {CheckKind.IDENTITY: N_("Identity"), CheckKind.PHOTO: N_("ID photo")}
AFTER_CONSENT = say(N_("First say whether we may process your document data."))


@dataclass(frozen=True)
class Part:
    """One part of the task list: done, current, fix, waiting or locked."""

    title: Words
    state: str
    href: str = ""
    note: Words | None = None
    who: Words | None = None
    by: str = ""


@dataclass(frozen=True)
class ToCorrect:
    """One named thing to correct, in the reader's words."""

    item: str
    words: str
    advice: str


def parts_of(learner: Learner, checks: dict[str, IdentityCheck]) -> list[Part]:
    """The parts in their order. What waits for something else is locked and says for what."""
    moment = now()
    handed = handed_by(db.session(), learner, moment)
    files, agreed = handed.files, handed.agreed
    identity, photo = checks[CheckKind.IDENTITY], checks[CheckKind.PHOTO]
    open_items = {kind: {one.item for one in check.returned if one.mended_at is None} for kind, check in checks.items()}
    of_identity = open_items[CheckKind.IDENTITY]
    missing = {one.code for one in missing_of(learner, CheckKind.IDENTITY, moment, handed)}
    parts = [
        Part(say(N_("Consent")), "done" if agreed else "current", url_for("learners.consents")),
        _part(N_("Name and document"), "learners.details", identity, "details_missing" not in missing, agreed=agreed,
              fix=bool(of_identity & {"name", "other"})),
        _part(N_("Pictures of the document"), "learners.document", identity,
              not missing & {"id_front_missing", "id_back_missing"}, agreed=agreed, fix="id_document" in of_identity),
    ]
    if needs_guardian(learner.birth_date, today()):
        parts.append(_guardian_part(handed.guardian, identity, fix="guardian" in of_identity))
    parts.append(_part(N_("ID photo"), "learners.photo", photo, "photo" in files,
                       fix=bool(open_items[CheckKind.PHOTO] & set(PHOTO_ITEMS))))
    return [*parts, _last_part(learner, checks, handed)]


def _part(
    title: str, endpoint: str, check: IdentityCheck, given: bool, *, agreed: bool = True, fix: bool = False
) -> Part:
    if check.state == CheckState.VERIFIED:
        return Part(say(title), "done", url_for(endpoint))
    if check.state == CheckState.SUBMITTED:
        return Part(say(title), "waiting", url_for(endpoint))
    if not agreed:
        return Part(say(title), "locked", note=AFTER_CONSENT)
    if fix and check.state == CheckState.RETURNED:
        return Part(say(title), "fix", url_for(endpoint))
    return Part(say(title), "done" if given else "current", url_for(endpoint))


def _guardian_part(guardian: Guardian | None, identity: IdentityCheck, *, fix: bool) -> Part:
    title, href = say(N_("Guardian")), url_for("learners.guardian")
    if guardian is None:
        return Part(title, "fix" if fix else "current", href)
    if guardian.acknowledged_at is None:
        return Part(title, "waiting", href, say(N_("%(name)s has been sent a code and has to acknowledge."),
                                                name=guardian.name))
    return Part(title, "done", href)


def _last_part(learner: Learner, checks: dict[str, IdentityCheck], handed: Handed) -> Part:
    title, kinds = say(N_("Check and hand in")), open_kinds(checks)
    if not kinds:
        done = all(check.state == CheckState.VERIFIED for check in checks.values())
        return Part(title, "done" if done else "waiting", note=None if done else say(
            N_("Staff check it within three working days.")))
    missing = [one for kind in kinds for one in missing_of(learner, kind, now(), handed)]
    if missing:
        return Part(title, "locked", note=missing[0].words)
    return Part(title, "current", url_for("learners.check_answers"))


def open_kinds(checks: dict[str, IdentityCheck]) -> list[str]:
    return [kind for kind in map(str, CheckKind) if still_open(checks[kind].state) is None]


def to_correct(check: IdentityCheck) -> list[ToCorrect]:
    """What is still to be corrected, with the library's advice."""
    found = []
    for one in check.returned if check.state == CheckState.RETURNED else []:
        reason = reason_of(db.session(), one.item, one.reason_code)
        advice = "" if reason is None else reason.advice_en if language() == "en" else reason.advice_zh
        if one.mended_at is None:
            found.append(ToCorrect(translate(ITEM_NAMES.get(one.item, one.item)), one.words, advice))
    return found
