"""What learners keep about a person, as an application needs it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from enroll.learners.lifecycle import CheckKind, CheckState
from enroll.learners.models import Consent, ConsentText, Guardian, IdentityCheck, LearnerFile

AT_APPLICATION = "exam_registration"
COMMITMENT = "commitment"
DOCUMENT_KINDS = ("photo", "id_front", "id_back")


def check_of(session: Session, learner_id: int, kind: CheckKind) -> IdentityCheck | None:
    return session.scalar(
        select(IdentityCheck).where(IdentityCheck.learner_id == learner_id, IdentityCheck.kind == str(kind))
    )


def check_states(session: Session, learner_id: int) -> dict[str, str]:
    """The state of the identity check and of the photo's; nothing begun is a draft."""
    wanted = select(IdentityCheck.kind, IdentityCheck.state).where(IdentityCheck.learner_id == learner_id)
    return {**dict.fromkeys(map(str, CheckKind), str(CheckState.DRAFT)), **dict(session.execute(wanted).all())}


def texts_at(session: Session, moment: datetime, *, asked_when: str = AT_APPLICATION) -> Sequence[ConsentText]:
    """The newest version of every text asked for at an application, the separate consents before the declaration."""
    newest = (
        select(ConsentText.code, func.max(ConsentText.version).label("version"))
        .where(ConsentText.from_at <= moment, ConsentText.asked_when == asked_when)
        .group_by(ConsentText.code).subquery()
    )
    wanted = select(ConsentText).join(
        newest, (ConsentText.code == newest.c.code) & (ConsentText.version == newest.c.version)
    )
    return session.scalars(wanted.order_by(ConsentText.kind == "declaration", ConsentText.id)).all()


def consents_in_force(session: Session, learner_id: int, moment: datetime) -> dict[str, Consent]:
    """By code: the consent to the text that stood at this moment, unless it was withdrawn."""
    texts = [text.id for text in texts_at(session, moment)]
    wanted = select(Consent).where(
        Consent.learner_id == learner_id, Consent.text_id.in_(texts), Consent.withdrawn_at.is_(None)
    )
    return {one.consent_text.code: one for one in session.scalars(wanted.order_by(Consent.id))}


def guardian_has_acknowledged(session: Session, learner_id: int) -> bool:
    wanted = select(Guardian.acknowledged_at).where(Guardian.learner_id == learner_id)
    return session.scalar(wanted) is not None


def files_in_force(session: Session, learner_id: int) -> dict[str, LearnerFile]:
    """Photo and pictures of the document by kind, as they stand."""
    wanted = select(LearnerFile).where(
        LearnerFile.learner_id == learner_id, LearnerFile.kind.in_(DOCUMENT_KINDS), LearnerFile.replaced_at.is_(None)
    )
    return {one.kind: one for one in session.scalars(wanted)}
