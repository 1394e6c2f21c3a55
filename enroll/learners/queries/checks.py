"""How identity and photo stand, what has been handed in, and what the machine finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session, joinedload

from enroll.foundation.clock import local_day
from enroll.foundation.problems import Problem
from enroll.learners.lifecycle import CheckKind, CheckState
from enroll.learners.models import Guardian, IdentityCheck, IdentityCheckMove, Learner, LearnerFile
from enroll.learners.queries.consents import lacks_consent_to_identity
from enroll.learners.queries.doubles import told_apart
from enroll.learners.rules.ages import needs_guardian
from enroll.learners.rules.checks import CheckFacts, Given, missing_of_identity, missing_of_photo
from enroll.learners.rules.doubles import Shared
from enroll.storage.files import StoredFile


def checks_beside(session: Session, reference: str) -> Sequence[IdentityCheck]:
    """A check and the other one of its learner, this one first, with the learner and what was named to correct."""
    whole = (
        joinedload(IdentityCheck.learner).joinedload(Learner.account),
        joinedload(IdentityCheck.returned),
    )
    learner_id = select(IdentityCheck.learner_id).where(IdentityCheck.reference == reference).scalar_subquery()
    wanted = select(IdentityCheck).where(IdentityCheck.learner_id == learner_id).options(*whole)
    return session.scalars(wanted.order_by(IdentityCheck.reference != reference)).unique().all()


def checks_of(session: Session, learner_id: int) -> dict[str, IdentityCheck]:
    """The two checks of a learner by kind."""
    wanted = select(IdentityCheck).where(IdentityCheck.learner_id == learner_id)
    found = session.scalars(wanted.options(joinedload(IdentityCheck.returned)).order_by(IdentityCheck.id)).unique()
    return {check.kind: check for check in found}


def identity_is_verified(session: Session, learner_id: int) -> bool:
    return _state(session, learner_id, CheckKind.IDENTITY) == CheckState.VERIFIED


def photo_is_accepted(session: Session, learner_id: int) -> bool:
    return _state(session, learner_id, CheckKind.PHOTO) == CheckState.VERIFIED


def history_of(session: Session, *check_ids: int) -> Sequence[IdentityCheckMove]:
    """Every move of a check or of several, newest first."""
    wanted = select(IdentityCheckMove).where(IdentityCheckMove.record_id.in_(check_ids))
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


@dataclass(frozen=True)
class Handed:
    """What a learner has given so far: pictures in force by kind, the consent to process them, the guardian."""

    files: dict[str, LearnerFile]
    agreed: bool
    guardian: Guardian | None


def handed_by(session: Session, learner: Learner, now: datetime) -> Handed:
    """Read once, for everything a page or a move asks about it."""
    in_force = (LearnerFile.learner_id == Learner.id) & LearnerFile.replaced_at.is_(None)
    rows = session.execute(
        select(~lacks_consent_to_identity(learner.id, now), Guardian, LearnerFile).select_from(Learner)
        .outerjoin(Guardian, Guardian.learner_id == Learner.id).outerjoin(LearnerFile, in_force)
        .where(Learner.id == learner.id).options(joinedload(LearnerFile.file, innerjoin=False))
    ).all()
    return Handed({one.kind: one for _, _, one in rows if one is not None}, rows[0][0], rows[0][1])


def check_facts(
    session: Session, learner: Learner, kind: str, now: datetime, handed: Handed | None = None,
    helpers: frozenset[int] = frozenset(),
) -> CheckFacts:
    """What a move of this check depends on; `handed` where it has been read, `helpers` who acted for the learner."""
    handed = handed or handed_by(session, learner, now)
    under_age = needs_guardian(learner.birth_date, local_day(now))
    guardian = handed.guardian if under_age else None
    return CheckFacts(
        learner_account_id=learner.account_id, missing=tuple(missing_of(learner, kind, now, handed)), helpers=helpers,
        needs_guardian=under_age and kind == CheckKind.IDENTITY,
        waits_for_name=learner.waits_for_name and kind == CheckKind.IDENTITY,
        guardian_acknowledged=guardian is not None and guardian.acknowledged_at is not None,
    )


def missing_of(learner: Learner, kind: str, now: datetime, handed: Handed) -> list[Problem]:
    """What still has to be given before this check can be handed in."""
    files = frozenset(handed.files)
    if kind == CheckKind.PHOTO:
        return missing_of_photo(Given(files=files))
    return missing_of_identity(Given(
        legal_name=learner.legal_name, latin_name=learner.latin_name, id_type=learner.id_type, sex=learner.sex,
        files=files, agreed=handed.agreed,
        needs_guardian=needs_guardian(learner.birth_date, local_day(now)),
        guardian_named=handed.guardian is not None,
    ))


@dataclass(frozen=True)
class Doubles:
    """How many other learners share something that should be one person's alone, and were not found to be others."""

    same_name_and_birth: int = 0
    same_pictures: int = 0


def doubles_of(session: Session, learner: Learner) -> Doubles:
    found = session.execute(select(*doubles_asked(learner))).one()
    return Doubles(found[0] or 0, found[1] or 0)


def doubles_asked(learner: Learner) -> tuple[ScalarSelect[int], ScalarSelect[int]]:
    """The questions behind it, in the order of Doubles, asked with others."""
    same = select(func.count()).select_from(Learner).where(
        Learner.id != learner.id, Learner.legal_name == learner.legal_name, Learner.legal_name != "",
        Learner.birth_date == learner.birth_date, ~told_apart(learner.id, Learner.id, Shared.NAME),
    )
    mine = select(StoredFile.sha256).join(LearnerFile, LearnerFile.file_id == StoredFile.id).where(
        LearnerFile.learner_id == learner.id, LearnerFile.replaced_at.is_(None), LearnerFile.kind != "photo_source")
    pictures = (
        select(func.count(func.distinct(LearnerFile.learner_id)))
        .join(StoredFile, StoredFile.id == LearnerFile.file_id)
        .where(StoredFile.sha256.in_(mine), LearnerFile.learner_id != learner.id,
               ~told_apart(learner.id, LearnerFile.learner_id, Shared.PICTURE))
    )
    return same.scalar_subquery(), pictures.scalar_subquery()


def _state(session: Session, learner_id: int, kind: CheckKind) -> str | None:
    return session.scalar(
        select(IdentityCheck.state).where(IdentityCheck.learner_id == learner_id, IdentityCheck.kind == str(kind))
    )
