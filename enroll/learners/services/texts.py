"""The texts people agree to, and the library of reasons: what the organisation itself puts in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from enroll.foundation.problems import Refused, problem
from enroll.foundation.words import N_
from enroll.learners.models import ConsentText, Reason
from enroll.learners.rules.texts import AT_SIGN_UP, ENGLISH, LATER, STANDARD_TEXTS
from enroll.storage.database import transaction

# What a text's file may say about when it is asked for.
WHEN = {"": AT_SIGN_UP, "registration": AT_SIGN_UP, "online_exam_or_presence_check": LATER}


def add_consent_text(one: Mapping[str, Any], *, now: datetime) -> int:
    """A new version of a text, in force from `now` on; gives its version. Texts are never edited.

    Keys: code, kind, required, when, title, text; title_en and text_en where the text is not one of the standard ones.
    """
    code = one["code"]
    title_en, text_en = one.get("title_en"), one.get("text_en")
    if code in ENGLISH:
        title_en, text_en = title_en or ENGLISH[code][0], text_en or ENGLISH[code][1]
    if not title_en or not text_en:
        raise Refused(problem("english_missing", N_("Give the title and the text in English too.")))
    when = one.get("when") or ""
    with transaction() as session:
        newest = session.scalar(select(func.max(ConsentText.version)).where(ConsentText.code == code))
        row = ConsentText(
            code=code, version=(newest or 0) + 1, kind=one["kind"], asked_when=WHEN.get(when, when),
            required=bool(one["required"]), title_zh=one["title"], title_en=title_en, text_zh=one["text"],
            text_en=text_en, from_at=now,
        )
        session.add(row)
        return row.version


def install_texts(*, now: datetime) -> int:
    """The standard texts, where none of their code stands yet; gives how many were added. Safe to run again."""
    with transaction() as session:
        known = set(session.scalars(select(ConsentText.code)))
        wanted = [text for text in STANDARD_TEXTS if text.code not in known]
        session.add_all(
            ConsentText(
                code=text.code, version=1, kind=text.kind, asked_when=text.asked_when, required=text.required,
                title_zh=text.title_zh, title_en=text.title_en, text_zh=text.text_zh, text_en=text.text_en, from_at=now,
            )
            for text in wanted
        )
        return len(wanted)


def add_reason(item: str, code: str, outcome: str, zh: str, en: str, advice_zh: str, advice_en: str) -> None:
    """One reason of the library; said again, its words are replaced (decisions keep the words they were given)."""
    with transaction() as session:
        row = session.scalar(select(Reason).where(Reason.item == item, Reason.code == code))
        if row is None:
            row = Reason(item=item, code=code)
            session.add(row)
        row.outcome, row.words_zh, row.words_en = outcome, zh, en
        row.advice_zh, row.advice_en, row.retired_at = advice_zh, advice_en, None
