"""The link by which a learner gives consents and declaration to what staff filled in: three days, the newest counts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_

VALID = timedelta(days=3)
AGAIN_AFTER = timedelta(minutes=5)
NO_LONGER_VALID = problem("link_over", N_("This link is no longer valid. Sign in and look at your application, or ask "
                                          "for a new link; the newest message counts."))
NO_ADDRESS = problem("no_address", N_("This account has no confirmed address, so no link can be sent. Set the address "
                                      "right first."))
UNSIGNED = problem("signature_missing", N_("Agree to each text and sign the declaration; without it nothing is handed "
                                           "in."), field="agreed")


@dataclass(frozen=True)
class LinkFacts:
    """A link as it stands; moments are real time."""

    expires_at: datetime
    used: bool
    replaced: bool
    still_draft: bool


def link_is_open(facts: LinkFacts | None, real_now: datetime) -> Problem | None:
    """None while the link may be used; the words are the same for one that never was."""
    if facts is None or facts.used or facts.replaced or real_now >= facts.expires_at or not facts.still_draft:
        return NO_LONGER_VALID
    return None


def may_ask_again(sent_before: datetime | None, real_now: datetime) -> Problem | None:
    """`sent_before`: when the open link of this application went out."""
    if sent_before is not None and real_now < sent_before + AGAIN_AFTER:
        return problem("asked_just_now", N_("A link was sent a few minutes ago. It can be sent again after "
                                            "%(minutes)d minutes."), minutes=AGAIN_AFTER.seconds // 60)
    return None
