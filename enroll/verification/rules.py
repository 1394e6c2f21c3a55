"""What the public page says of a document, and when a name is the right one."""

import hmac
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from enroll.foundation.lifecycle import StateLabel
from enroll.foundation.words import N_


class Standing(StrEnum):
    """What is true of a document today. Expired is computed from its last day."""

    VALID = "valid"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    REPLACED = "replaced"
    IN_DOUBT = "in_doubt"


G = Standing
STANDING_LABELS = {
    G.VALID: StateLabel(N_("Valid"), N_("Valid"), "ok", "circle-check"),
    G.EXPIRED: StateLabel(N_("Expired"), N_("Expired"), "mute", "x"),
    G.SUSPENDED: StateLabel(N_("Suspended"), N_("Suspended"), "warn", "clock"),
    G.REVOKED: StateLabel(N_("Revoked"), N_("Revoked"), "bad", "ban"),
    G.REPLACED: StateLabel(N_("Replaced"), N_("Replaced"), "mute", "x"),
    G.IN_DOUBT: StateLabel(N_("Cannot be confirmed"), N_("Cannot be confirmed"), "bad", "alert-triangle"),
}


@dataclass(frozen=True)
class Part:
    """One part of a certificate: theory or practical, and the window it was passed in."""

    part: str
    window: str


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What is on the paper, and its standing; nothing else. `since` is the day the present standing began."""

    kind: str  # certificate, proof
    number: str
    name: str
    id_type: str
    id_number_mask: str
    programme_zh: str
    programme_en: str
    direction_zh: str = ""
    direction_en: str = ""
    issuers: tuple[str, ...] = ()
    partner: str = ""
    issued_on: date
    valid_until: date | None = None
    parts: tuple[Part, ...] = ()
    minutes: int = 0
    unit: int = 0
    standing: Standing
    since: date | None = None
    replaced_by: str = ""
    partners_record: bool = False
    file_sha256: str = ""
    lookup_url: str = ""


def names_match(given: str, kept: str) -> bool:
    """The whole name, every character: only two spellings of the same characters (NFC) are one. Compared without
    telling by the time how much of it was right."""
    spelled = (unicodedata.normalize("NFC", one).encode("utf-8", "surrogatepass") for one in (given, kept))
    return hmac.compare_digest(*spelled) and bool(kept)


@dataclass(frozen=True)
class TicketShown:
    """What a ticket's code tells anybody: which version it is and whether a newer one replaced it. `newest` is None
    where none is in force any more; the name is masked, the seat is not told."""

    kind: str
    number: str
    version: int
    name: str
    window: str
    released_at: datetime
    replaced_at: datetime | None
    newest: int | None
