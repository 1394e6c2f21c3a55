"""What a message is before it is written: for whom, about what, in which words, leading where."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from enroll.storage.outbox import Happened


@dataclass(frozen=True)
class Notice:
    """`about` makes the message unique for its reader; `template` is templates/messages/<template>.<language>.txt.

    `address` sends to an address that is not (yet, or no longer) the account's own, by its channel alone, and writes no
    message; `language` is its reader's, where that is not the account's.
    """

    account_id: int
    about: str
    template: str
    values: dict[str, Any] = field(default_factory=dict)
    endpoint: str = ""
    endpoint_values: dict[str, str] = field(default_factory=dict)
    address: str = ""
    language: str = ""


Tell = Callable[[Session, Happened, datetime], list[Notice]]
