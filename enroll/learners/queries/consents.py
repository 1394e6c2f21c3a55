"""What texts there are, and what a learner has agreed to."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Exists, Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from enroll.learners.models import Consent, ConsentText, Reason
from enroll.learners.rules.texts import BEFORE_IDENTITY


def texts_in_force(session: Session, moment: datetime, *asked_when: str) -> Sequence[ConsentText]:
    """The newest version of every text, or of those asked for on these occasions, in the order of first versions."""
    return session.scalars(newest_texts(moment, *asked_when)).all()


def newest_texts(moment: datetime, *asked_when: str) -> Select[ConsentText]:
    """The question behind it, to be asked within another."""
    newest = (
        select(ConsentText.code, func.max(ConsentText.version).label("version"),
               func.min(ConsentText.id).label("first"))
        .where(ConsentText.from_at <= moment).group_by(ConsentText.code).subquery()
    )
    wanted = select(ConsentText).join(
        newest, (ConsentText.code == newest.c.code) & (ConsentText.version == newest.c.version)
    )
    if asked_when:
        wanted = wanted.where(ConsentText.asked_when.in_(asked_when))
    return wanted.order_by(newest.c.first)


def text_in_force(session: Session, code: str, moment: datetime) -> ConsentText | None:
    wanted = select(ConsentText).where(ConsentText.code == code, ConsentText.from_at <= moment)
    return session.scalar(wanted.order_by(ConsentText.version.desc()).limit(1))


def consents_in_force(session: Session, learner_id: int) -> dict[str, Consent]:
    """What the learner agrees to, by code: the newest consent of each, unless it was withdrawn."""
    wanted = select(Consent).where(Consent.learner_id == learner_id, Consent.withdrawn_at.is_(None))
    return {one.consent_text.code: one for one in session.scalars(wanted.order_by(Consent.id))}


def consents_ever_given(session: Session, learner_id: int) -> Sequence[Consent]:
    """Every consent with its text, newest first, the withdrawn ones too."""
    return session.scalars(select(Consent).where(Consent.learner_id == learner_id).order_by(Consent.id.desc())).all()


def has_agreed_to_identity(session: Session, learner_id: int, now: datetime) -> bool:
    """Whether every consent that processing a document needs is in force. Where no such text stands, none is needed."""
    return not session.scalar(select(lacks_consent_to_identity(learner_id, now)))


def lacks_consent_to_identity(learner_id: int, now: datetime) -> Exists:
    """The question behind it, to be asked with others."""
    text = aliased(ConsentText)
    agreed = exists().where(Consent.text_id == text.id, text.code == ConsentText.code,
                            Consent.learner_id == learner_id, Consent.withdrawn_at.is_(None))
    return exists().where(ConsentText.code.in_(BEFORE_IDENTITY), ConsentText.from_at <= now, ~agreed)


def reasons_for(session: Session, items: Sequence[str], outcome: str) -> Sequence[Reason]:
    """The library's reasons to return or reject ('return', 'reject') these items, those for anything last."""
    wanted = select(Reason).where(
        Reason.item.in_((*items, "other")), Reason.outcome.in_((outcome, "both")), Reason.retired_at.is_(None)
    )
    return session.scalars(wanted.order_by(Reason.item == "other", Reason.id)).all()


def reason_of(session: Session, item: str, code: str) -> Reason | None:
    """One reason of the library, also a retired one: what was said with it stays readable."""
    return session.scalar(select(Reason).where(Reason.item == item, Reason.code == code))
