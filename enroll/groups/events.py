"""What groups tell the rest of the program."""

from dataclasses import dataclass

from enroll.foundation.events import secret


@dataclass(frozen=True)
class MemberInvited:
    """Somebody is on an employer's roster and is asked to join; the link (/groups/join/<token>) goes to their own
    address."""

    learner_id: int
    group: str
    token: str = secret()
