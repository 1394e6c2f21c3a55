"""The learner's certificates: where each stands, who must act and by when; the document and the link to share."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, abort, render_template
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.certificates.lifecycle import CERTIFICATE, RECORDED, CertificateState
from enroll.certificates.models import Certificate
from enroll.certificates.queries.cases import certificates_of, earlier_certificates_of, own_certificate, successor_of
from enroll.certificates.rules import is_expired
from enroll.foundation.clock import local_day
from enroll.foundation.words import N_, Words, say
from enroll.programmes.queries.programmes import organisation
from enroll.results.queries.next_steps import learner_of
from enroll.storage.database import db
from enroll.storage.files import StoredFile
from enroll.web.access import requires
from enroll.web.addresses import verification_address
from enroll.web.downloads import send_stored
from enroll.web.moments import now

certificates = Blueprint("certificates", __name__, url_prefix="/certificates")
S = CertificateState


@dataclass(frozen=True)
class Standing:
    """A certificate as its learner reads it: who acts next, and by when (a moment or a day)."""

    certificate: Certificate
    label: Any
    who: Words | None
    by: datetime | date | None
    words: Words | None
    recorded: bool
    expired: bool
    verify_url: str
    replaced_by: str
    issuers: list[str]


@certificates.get("")
@requires(Permission.LEARN)
def mine() -> Any:
    me = learner_of(db.session(), current_user.account_id)
    rows = certificates_of(db.session(), me.id) if me else []
    office = organisation(db.session())
    earlier = earlier_certificates_of(db.session(), me.id) if me else []
    return render_template("certificates/mine.html", rows=[_standing(one) for one in rows], office=office,
                           earlier=[(one, is_expired(one.valid_until, local_day(now()))) for one in earlier])


@certificates.get("/<ref:reference>/document")
@requires(Permission.LEARN)
def document(reference: str) -> Any:
    return _send(reference, lambda one: one.file, "pdf")


@certificates.get("/<ref:reference>/image")
@requires(Permission.LEARN)
def image(reference: str) -> Any:
    return _send(reference, lambda one: one.image, "png")


def _send(reference: str, file_of: Any, ending: str) -> Any:
    """Their own document, from the file that was made once. A revoked or replaced one is no longer given out here."""
    one = own_certificate(db.session(), current_user.account_id, reference) or abort(404)
    stored: StoredFile | None = file_of(one) if one.state in {S.ISSUED, S.SUSPENDED} else None
    if stored is None:
        abort(404)
    return send_stored(stored, inline=ending == "png", name=f"{one.number}.{ending}")


def _standing(one: Certificate) -> Standing:
    who, by, words = _next(one)
    recorded = one.state in RECORDED
    successor = successor_of(db.session(), one) if one.state == S.SUPERSEDED else None
    return Standing(
        one, CERTIFICATE.label(one.state), who, by, words, recorded, is_expired(one.valid_until, local_day(now())),
        verification_address(one.token) if recorded else "", successor.number or "" if successor else "",
        one.facts.get("issuers", []),
    )


PARTNER, BODY = N_("two reviewers of ours"), N_("the issuing body")


def _next(one: Certificate) -> tuple[Words | None, datetime | date | None, Words | None]:
    """Who must act, until when, and what happens, in the learner's words; nothing where the matter is at its end."""
    window = one.window
    if one.state in {S.ELIGIBLE, S.FIRST_APPROVED, S.ON_HOLD}:
        return say(PARTNER), window.roster_to_issuer_by, say(N_(
            "Two people look at everything once more, each for themselves. You have nothing to do."))
    if one.state == S.APPROVED:
        return say(N_("us")), window.roster_to_issuer_by, say(N_("We report you to the issuing body."))
    if one.state == S.REPORTED:
        return say(BODY), window.certificate_expected_on, say(N_(
            "The issuing body decides and gives the number; we record it here the day it arrives."))
    if one.state == S.BODY_REJECTED:
        return say(N_("us")), window.certificate_expected_on, say(N_(
            "The issuing body sent the file back. We put it right and report you again; you are told if we need you."))
    return None, None, None
