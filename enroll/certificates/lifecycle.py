"""The life of a certificate case 证书: the partner reviews and records, the issuing body decides and numbers."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.certificates.rules import (
    actor_is_another_person,
    confirmer_is_another_person,
    evidence_stands,
    is_proposed,
    nothing_is_open,
    number_is_there,
    refusal_is_coded,
    reopener_is_another_person,
    reviewer_is_independent,
    second_is_another_person,
)
from enroll.foundation.lifecycle import Lifecycle, Move, StateLabel, sources
from enroll.foundation.words import N_


class CertificateState(StrEnum):
    ELIGIBLE = "eligible"
    FIRST_APPROVED = "first_approved"
    ON_HOLD = "on_hold"
    APPROVED = "approved"
    REFUSED = "refused"
    REPORTED = "reported"
    BODY_REJECTED = "body_rejected"
    ISSUED = "issued"
    SUPERSEDED = "superseded"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


S = CertificateState
# A case on its way, and a certificate that stands: of each one a learner and programme. A reissue is a case beside the
# certificate it will replace.
UNDER_WAY = frozenset({S.ELIGIBLE, S.FIRST_APPROVED, S.ON_HOLD, S.APPROVED, S.REPORTED, S.BODY_REJECTED})
STANDING = frozenset({S.ISSUED, S.SUSPENDED})
IN_FORCE = UNDER_WAY | STANDING
RECORDED = STANDING | {S.SUPERSEDED, S.REVOKED}
REVIEW = Permission.REVIEW_ISSUANCE

CERTIFICATE = Lifecycle(
    "Certificate",
    states=S,
    first=S.ELIGIBLE,
    moves=[
        Move("approve_first", N_("First approval"), sources(S.ELIGIBLE), S.FIRST_APPROVED, REVIEW,
             checks=(nothing_is_open,), person_checks=(reviewer_is_independent,)),
        Move("approve_second", N_("Second approval"), sources(S.FIRST_APPROVED), S.APPROVED, REVIEW,
             checks=(nothing_is_open, evidence_stands),
             person_checks=(reviewer_is_independent, second_is_another_person)),
        Move("hold", N_("Put on hold"), sources(S.ELIGIBLE, S.FIRST_APPROVED, S.APPROVED), S.ON_HOLD, REVIEW,
             person_checks=(reviewer_is_independent,), asks_reason=True),
        # Both approvals are given anew after a hold: they stood on what was known before it.
        Move("release", N_("End the hold"), sources(S.ON_HOLD), S.ELIGIBLE, REVIEW,
             checks=(nothing_is_open,), person_checks=(reviewer_is_independent,), asks_reason=True),
        Move("refuse", N_("Refuse the certificate"), sources(S.ELIGIBLE, S.FIRST_APPROVED, S.ON_HOLD), S.REFUSED,
             REVIEW, checks=(refusal_is_coded,), person_checks=(reviewer_is_independent,), asks_reason=True,
             danger=True),
        Move("reopen", N_("Review again on appeal"), sources(S.REFUSED), S.ELIGIBLE, REVIEW,
             person_checks=(reviewer_is_independent, reopener_is_another_person), asks_reason=True),
        Move("report", N_("Report to the issuing body"), sources(S.APPROVED, S.BODY_REJECTED), S.REPORTED,
             Permission.EXCHANGE, checks=(nothing_is_open,), person_checks=(actor_is_another_person,)),
        Move("reject_by_body", N_("Returned by the issuing body"), sources(S.REPORTED), S.BODY_REJECTED,
             Permission.EXCHANGE, person_checks=(actor_is_another_person,), asks_reason=True),
        Move("record", N_("Record the number"), sources(S.REPORTED), S.ISSUED, Permission.EXCHANGE,
             checks=(number_is_there,), person_checks=(actor_is_another_person,)),
        Move("supersede", N_("Replaced by a new one"), sources(S.ISSUED, S.SUSPENDED), S.SUPERSEDED,
             Permission.EXCHANGE, person_checks=(actor_is_another_person,), asks_reason=True),
        Move("suspend", N_("Suspend"), sources(S.ISSUED), S.SUSPENDED, REVIEW, checks=(is_proposed,),
             person_checks=(actor_is_another_person, confirmer_is_another_person), asks_reason=True, danger=True),
        Move("restore", N_("End the suspension"), sources(S.SUSPENDED), S.ISSUED, REVIEW, checks=(is_proposed,),
             person_checks=(actor_is_another_person, confirmer_is_another_person), asks_reason=True),
        Move("revoke", N_("Revoke"), sources(S.ISSUED, S.SUSPENDED), S.REVOKED, REVIEW, checks=(is_proposed,),
             person_checks=(actor_is_another_person, confirmer_is_another_person), asks_reason=True, danger=True),
    ],
    labels={
        S.ELIGIBLE: StateLabel(N_("To be reviewed for issuance"), N_("Passed, issuance review to come"), "warn",
                               "clock"),
        S.FIRST_APPROVED: StateLabel(N_("First approval given"), N_("In issuance review"), "warn", "clock"),
        S.ON_HOLD: StateLabel(N_("On hold"), N_("In issuance review"), "warn", "clock"),
        S.APPROVED: StateLabel(N_("Approved, to be reported"), N_("Issuance approved, to be reported"), "ok",
                               "circle-check"),
        S.REFUSED: StateLabel(N_("Not issued"), N_("Issuance review not passed"), "bad", "circle-x"),
        S.REPORTED: StateLabel(N_("Reported to the issuing body"), N_("Reported to the issuing body"), "warn", "clock"),
        S.BODY_REJECTED: StateLabel(N_("Returned by the issuing body"),
                                    N_("Returned by the issuing body, being dealt with"), "bad", "arrow-back-up"),
        S.ISSUED: StateLabel(N_("Issued"), N_("Certificate issued"), "ok", "certificate"),
        S.SUPERSEDED: StateLabel(N_("Replaced"), N_("Replaced"), "mute", "x"),
        S.SUSPENDED: StateLabel(N_("Suspended"), N_("Suspended"), "warn", "clock"),
        S.REVOKED: StateLabel(N_("Revoked"), N_("Revoked"), "bad", "ban"),
    },
)
