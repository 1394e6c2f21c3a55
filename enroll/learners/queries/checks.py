"""How identity and photo stand, what has been handed in, and what the machine finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from enroll.foundation.clock import local_day
from enroll.foundation.problems import Problem
from enroll.learners.lifecycle import CheckKind, CheckState
from enroll.learners.models import IdentityCheck, IdentityCheckMove, Learner, LearnerFile
from enroll.learners.queries.consents import has_agreed_to_identity
from enroll.learners.queries.people import guardian_of
from enroll.learners.rules.ages import needs_guardian
from enroll.learners.rules.checks import CheckFacts, Given, missing_of_identity, missing_of_photo
from enroll.storage.files import StoredFile


def check_by_reference(session: Session, reference: str) -> IdentityCheck | None:
    """A check with its learner, the learner's account and the named things to correct."""
    whole = (
        joinedload(IdentityCheck.learner).joinedload(Learner.account),
        joinedload(IdentityCheck.learner).selectinload(Learner.checks),
        selectinload(IdentityCheck.returned),
    )
    return session.scalar(select(IdentityCheck).where(IdentityCheck.reference == reference).options(*whole))


def checks_of(session: Session, learner_id: int) -> dict[str, IdentityCheck]:
    """The two checks of a learner by kind."""
    wanted = select(IdentityCheck).where(IdentityCheck.learner_id == learner_id)
    return {check.kind: check for check in session.scalars(wanted.options(selectinload(IdentityCheck.returned)))}


def identity_is_verified(session: Session, learner_id: int) -> bool:
    return _state(session, learner_id, CheckKind.IDENTITY) == CheckState.VERIFIED


def photo_is_accepted(session: Session, learner_id: int) -> bool:
    return _state(session, learner_id, CheckKind.PHOTO) == CheckState.VERIFIED


def history_of(session: Session, check_id: int) -> Sequence[IdentityCheckMove]:
    """Every move of a check, newest first."""
    wanted = select(IdentityCheckMove).where(IdentityCheckMove.record_id == check_id)
    return session.scalars(wanted.order_by(IdentityCheckMove.id.desc())).all()


def files_in_force(session: Session, learner_id: int) -> dict[str, LearnerFile]:
    """The pictures that count, by kind: id_front, id_back, evidence, photo_source, photo."""
    wanted = select(LearnerFile).where(LearnerFile.learner_id == learner_id, LearnerFile.replaced_at.is_(None))
    return {one.kind: one for one in session.scalars(wanted)}


def photo_in_force(session: Session, learner_id: int) -> StoredFile | None:
    """The cropped photo as it stands, whether accepted or not; ask photo_is_accepted for that."""
    one = session.scalar(select(LearnerFile).where(
        LearnerFile.learner_id == learner_id, LearnerFile.kind == "photo", LearnerFile.replaced_at.is_(None)))
    return one.file if one else None


def check_facts(session: Session, learner: Learner, kind: str, now: datetime) -> CheckFacts:
    """What a move of this check depends on."""
    under_age = needs_guardian(learner.birth_date, local_day(now))
    guardian = guardian_of(session, learner.id) if under_age else None
    return CheckFacts(
        learner_account_id=learner.account_id, missing=tuple(missing_of(session, learner, kind, now)),
        needs_guardian=under_age and kind == CheckKind.IDENTITY,
        guardian_acknowledged=guardian is not None and guardian.acknowledged_at is not None,
    )


def missing_of(session: Session, learner: Learner, kind: str, now: datetime) -> list[Problem]:
    """What still has to be given before this check can be handed in."""
    files = frozenset(files_in_force(session, learner.id))
    if kind == CheckKind.PHOTO:
        return missing_of_photo(Given(files=files))
    return missing_of_identity(Given(
        legal_name=learner.legal_name, latin_name=learner.latin_name, id_type=learner.id_type, sex=learner.sex,
        files=files, agreed=has_agreed_to_identity(session, learner.id, now),
        needs_guardian=needs_guardian(learner.birth_date, local_day(now)),
        guardian_named=guardian_of(session, learner.id) is not None,
    ))


@dataclass(frozen=True)
class Doubles:
    """How many other learners share something that should be one person's alone."""

    same_name_and_birth: int = 0
    same_pictures: int = 0


def doubles_of(session: Session, learner: Learner) -> Doubles:
    same = select(func.count()).select_from(Learner).where(
        Learner.id != learner.id, Learner.legal_name == learner.legal_name, Learner.legal_name != "",
        Learner.birth_date == learner.birth_date,
    )
    mine = select(StoredFile.sha256).join(LearnerFile, LearnerFile.file_id == StoredFile.id).where(
        LearnerFile.learner_id == learner.id, LearnerFile.replaced_at.is_(None), LearnerFile.kind != "photo_source")
    pictures = (
        select(func.count(func.distinct(LearnerFile.learner_id)))
        .join(StoredFile, StoredFile.id == LearnerFile.file_id)
        .where(StoredFile.sha256.in_(mine), LearnerFile.learner_id != learner.id)
    )
    found = session.execute(select(same.scalar_subquery(), pictures.scalar_subquery())).one()
    return Doubles(found[0] or 0, found[1] or 0)


def _state(session: Session, learner_id: int, kind: CheckKind) -> str | None:
    return session.scalar(
        select(IdentityCheck.state).where(IdentityCheck.learner_id == learner_id, IdentityCheck.kind == str(kind))
    )
