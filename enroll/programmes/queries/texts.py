"""The texts about personal information, each in the version that stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.foundation.words import Bilingual
from enroll.learners.models import ConsentText


@dataclass(frozen=True)
class ShownText:
    """A text as people read it; `kind` says whether it is a notice, a separate consent or optional."""

    code: str
    version: int
    kind: str
    required: bool
    title: Bilingual
    text: Bilingual
    from_at: datetime


def consent_texts(session: Session, now: datetime) -> Sequence[ShownText]:
    """Of each text the newest version that has begun, in the order they were first published."""
    rows = session.scalars(
        select(ConsentText).where(ConsentText.from_at <= now).order_by(ConsentText.version, ConsentText.id)
    )
    newest = {row.code: row for row in rows}
    return tuple(
        ShownText(row.code, row.version, row.kind, row.required, Bilingual(row.title_zh, row.title_en),
                  Bilingual(row.text_zh, row.text_en), row.from_at)
        for row in newest.values()
    )
