"""How a link of the chain is computed; the same function writes and checks."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

GENESIS = "genesis"


def digest_of(
    previous: str, seq: int, at: datetime, actor_id: int | None, actor_name: str, act: str, subject: str,
    learner_id: int | None, details: dict[str, Any],
) -> str:
    """SHA-256 over the previous link and every field of this one, in one canonical spelling."""
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    content = [previous, seq, moment, actor_id, actor_name, act, subject, learner_id, details]
    spelled = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelled.encode()).hexdigest()
