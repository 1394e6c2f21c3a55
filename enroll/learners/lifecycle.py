"""The life of an identity check: of the legal identity, and of the photo."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.foundation.lifecycle import Lifecycle, Move, StateLabel, sources
from enroll.foundation.words import N_
from enroll.learners.rules.checks import (
    check_is_complete,
    decider_did_not_help,
    decider_is_another_person,
    guardian_has_acknowledged,
    name_is_entered,
)


class CheckState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    VERIFIED = "verified"
    RETURNED = "returned"
    UNABLE = "unable"


class CheckKind(StrEnum):
    IDENTITY = "identity"
    PHOTO = "photo"


S = CheckState
BY_ANOTHER = (decider_is_another_person, decider_did_not_help)

IDENTITY_CHECK = Lifecycle(
    "Identity check",
    states=S,
    first=S.DRAFT,
    moves=[
        Move("submit", N_("Hand in"), sources(S.DRAFT, S.RETURNED, S.UNABLE), S.SUBMITTED, Permission.LEARN,
             checks=(check_is_complete,)),
        Move("verify", N_("Verify"), sources(S.SUBMITTED, S.UNABLE), S.VERIFIED, Permission.REVIEW_IDENTITY,
             checks=(guardian_has_acknowledged, name_is_entered), person_checks=BY_ANOTHER),
        Move("return", N_("Return for correction"), sources(S.SUBMITTED, S.UNABLE), S.RETURNED,
             Permission.REVIEW_IDENTITY, person_checks=BY_ANOTHER, asks_reason=True),
        # "Unable" is never "failed": it goes to a manual check with other evidence.
        Move("unable", N_("Cannot be checked here"), sources(S.SUBMITTED), S.UNABLE, Permission.REVIEW_IDENTITY,
             person_checks=BY_ANOTHER, asks_reason=True),
    ],
    labels={
        S.DRAFT: StateLabel(N_("Not handed in"), N_("Not handed in"), "draft", "pencil"),
        S.SUBMITTED: StateLabel(N_("Waiting for the check"), N_("Handed in, being checked"), "warn", "clock"),
        S.VERIFIED: StateLabel(N_("Verified"), N_("Verified"), "ok", "circle-check"),
        S.RETURNED: StateLabel(N_("Returned for correction"), N_("Correction needed"), "bad", "arrow-back-up"),
        S.UNABLE: StateLabel(N_("Cannot be checked here, manual check"), N_("Manual check needed"), "wait",
                             "hourglass"),
    },
)
