"""What a recovery tells the rest of the program."""

from dataclasses import dataclass

from enroll.foundation.events import secret


@dataclass(frozen=True)
class RecoveryMoved:
    """A request of a lost sign-in moved. `cancel_token` opens the page by which the old address objects
    (/recover/lost/object/<token>), while the waiting time runs."""

    reference: str
    move: str
    state: str
    cancel_token: str = secret()
