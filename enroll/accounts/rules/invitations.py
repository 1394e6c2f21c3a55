"""Taking over an account that somebody else opened: a link, valid for two weeks, and the day of birth in five tries."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_

VALID = timedelta(days=14)
MOST_TRIES = 5
AGAIN_AFTER = timedelta(minutes=10)

NO_LONGER_VALID = problem("invitation_over", N_("This link is no longer valid. Ask for a new one; the newest message "
                                                "counts."))


@dataclass(frozen=True)
class InvitationFacts:
    """An invitation as it stands; moments are real time."""

    expires_at: datetime
    tries: int
    used: bool
    replaced: bool


def invitation_is_open(facts: InvitationFacts | None, real_now: datetime) -> Problem | None:
    """None while the link may be used; the words are the same for one that never was."""
    if facts is None or facts.used or facts.replaced or real_now >= facts.expires_at or facts.tries >= MOST_TRIES:
        return NO_LONGER_VALID
    return None


def may_invite_again(sent_before: datetime | None, real_now: datetime) -> Problem | None:
    """`sent_before`: when the open invitation of this account went out."""
    if sent_before is not None and real_now < sent_before + AGAIN_AFTER:
        return problem("invited_just_now", N_("A link was sent a few minutes ago. It can be sent again after "
                                              "%(minutes)d minutes."), minutes=AGAIN_AFTER.seconds // 60)
    return None
