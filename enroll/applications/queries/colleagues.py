"""What colleagues said about a case. Nothing of it is read by a learner's page or export."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from enroll.accounts.models import Account
from enroll.accounts.permissions import Role
from enroll.accounts.queries import holders_of
from enroll.applications.lifecycle import OpinionState
from enroll.applications.models import Application, CaseCheck, CaseNote, SecondOpinion, SpotCheck
from enroll.applications.queries.sampling import WHOLE

REVIEWERS = (Role.REVIEWER, Role.REVIEW_LEAD)
OPINION = (joinedload(SecondOpinion.asked_by), joinedload(SecondOpinion.asked_of),
           joinedload(SecondOpinion.answered_by), joinedload(SecondOpinion.application).joinedload(Application.learner))


@dataclass(frozen=True)
class Said:
    """Newest first: notes, opinions, second looks, and what the program found in each submission."""

    notes: Sequence[CaseNote]
    opinions: Sequence[SecondOpinion]
    spot_checks: Sequence[SpotCheck]
    found: Sequence[CaseCheck]

    @property
    def open(self) -> SecondOpinion | None:
        return next((one for one in self.opinions if one.state == OpinionState.OPEN), None)


def said_about(session: Session, application_id: int) -> Said:
    notes = select(CaseNote).where(CaseNote.application_id == application_id).order_by(CaseNote.id.desc())
    opinions = select(SecondOpinion).where(SecondOpinion.application_id == application_id).options(*OPINION)
    checks = select(SpotCheck).where(SpotCheck.application_id == application_id).options(*WHOLE)
    found = select(CaseCheck).where(CaseCheck.application_id == application_id).order_by(CaseCheck.id.desc())
    return Said(session.scalars(notes).all(), session.scalars(opinions.order_by(SecondOpinion.id.desc())).all(),
                session.scalars(checks.order_by(SpotCheck.id.desc())).all(), session.scalars(found).all())


def colleagues_of(session: Session, account_id: int, now: datetime) -> list[Account]:
    """Who can be asked: everybody who reviews now, but oneself."""
    return [one for one in holders_of(session, REVIEWERS, now) if one.id != account_id]


def open_opinions(session: Session, *, at_most: int = 50) -> Sequence[SecondOpinion]:
    """Every question that waits, the oldest first."""
    wanted = select(SecondOpinion).where(SecondOpinion.state == OpinionState.OPEN).options(*OPINION)
    return session.scalars(wanted.order_by(SecondOpinion.asked_at, SecondOpinion.id).limit(at_most)).all()


def opinion_of(session: Session, application_id: int, reference: str) -> SecondOpinion | None:
    return session.scalar(select(SecondOpinion).where(
        SecondOpinion.reference == reference, SecondOpinion.application_id == application_id).options(*OPINION))
