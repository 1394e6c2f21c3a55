"""What was submitted each time, and what would be frozen now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.applications.lifecycle import ApplicationState
from enroll.applications.models import Application, ApplicationVersion, ReturnedItem
from enroll.applications.queries.applicant import Standing
from enroll.applications.queries.people import files_in_force
from enroll.applications.rules.deadlines import younger_than
from enroll.foundation.clock import local_day
from enroll.foundation.masking import mask_email, mask_phone
from enroll.foundation.problems import Problem
from enroll.foundation.words import Words
from enroll.learners.models import Learner
from enroll.learners.rules.texts import COMMITMENT
from enroll.programmes.queries.programmes import entry_rules_of
from enroll.programmes.rules.eligibility import RuleAnswer
from enroll.storage.files import StoredFile


def versions_of(session: Session, application_id: int) -> Sequence[ApplicationVersion]:
    """What was submitted, oldest first."""
    wanted = select(ApplicationVersion).where(ApplicationVersion.application_id == application_id)
    return session.scalars(wanted.order_by(ApplicationVersion.number)).all()


def versions_and_items_of(
    session: Session, application_id: int
) -> tuple[Sequence[ApplicationVersion], Sequence[ReturnedItem]]:
    """What was submitted, oldest first, and every item ever returned or named in a rejection, newest first: each speaks
    of one version."""
    wanted = select(ApplicationVersion, ReturnedItem).outerjoin(
        ReturnedItem, (ReturnedItem.application_id == ApplicationVersion.application_id)
        & (ReturnedItem.version_number == ApplicationVersion.number),
    ).where(ApplicationVersion.application_id == application_id).order_by(ApplicationVersion.number, ReturnedItem.id)
    rows = session.execute(wanted).all()
    items = [item for _version, item in rows if item is not None]
    return list(dict.fromkeys(version for version, _item in rows)), sorted(items, key=lambda one: -one.id)


def newest_version(session: Session, application_id: int) -> ApplicationVersion | None:
    wanted = select(ApplicationVersion).where(ApplicationVersion.application_id == application_id)
    return session.scalar(wanted.order_by(ApplicationVersion.number.desc()).limit(1))


def photo_submitted(session: Session, application_id: int) -> StoredFile | None:
    """The photo as it was last handed in with the application."""
    version = newest_version(session, application_id)
    token = version.content["files"].get("photo", {}).get("token", "") if version is not None else ""
    return session.scalar(select(StoredFile).where(StoredFile.token == token))


def content_of(
    session: Session, application: Application, standing: Standing, answers: dict[str, str]
) -> dict[str, Any]:
    """Fields, files by digest, sittings, consents by text version, hours: what a submission freezes.

    The document number is frozen masked, with its keyed hash beside it: enough to show and to see a change, too little
    to leak.
    """
    content = content_now(session, application)
    consents = standing.consents
    declaration = consents.get(COMMITMENT)
    return {
        **content,
        "fields": {
            **content["fields"], "minutes_credited": standing.credited.minutes,
            "proof": standing.proof.reference if standing.proof else "",
            "declaration": declaration.consent_text.version if declaration else None,
        },
        "consents": {code: one.consent_text.version for code, one in consents.items()},
        "hours": {"credited": standing.credited.minutes, "practice": standing.credited.practice,
                  "pending": standing.pending.minutes},
        "answers": answers,
    }


def content_now(session: Session, application: Application) -> dict[str, Any]:
    """Fields, files and sittings as they stand, in the shape of a frozen content: for old and new side by side."""
    learner = application.learner
    files = files_in_force(session, learner.id)
    return {
        "fields": _fields(learner), "id_number_key": learner.id_number_key, "sittings": dict(application.chosen),
        "files": {kind: {"sha256": one.file.sha256, "token": one.file.token} for kind, one in files.items()},
    }


def evidence_is_fresh(session: Session, application: Application, now: datetime) -> bool:
    """Whether identity and photo are those an earlier application was approved with, and the photo is young enough (the
    programme's setting): then a resit needs no person to look again."""
    wanted = select(ApplicationVersion).join(Application, Application.id == ApplicationVersion.application_id).where(
        Application.learner_id == application.learner_id, Application.id != application.id,
        Application.decided_at.is_not(None), Application.state == ApplicationState.APPROVED,
    )
    earlier = session.scalar(wanted.order_by(ApplicationVersion.id.desc()).limit(1))
    photo = files_in_force(session, application.learner_id).get("photo")
    rule = entry_rules_of(application.window.programme, local_day(now)).rule("photo_valid_months")
    if earlier is None or photo is None or rule is None:
        return False
    learner, then = application.learner, earlier.content
    same = (then["id_number_key"], then["fields"]["legal_name"], then["files"].get("photo", {}).get("sha256"))
    return same == (learner.id_number_key, learner.legal_name, photo.file.sha256) and younger_than(
        photo.added_at, int(rule.value), now
    )


def _fields(learner: Learner) -> dict[str, Any]:
    account = learner.account
    return {
        "legal_name": learner.legal_name, "latin_name": learner.latin_name,
        "birth_date": learner.birth_date.isoformat(), "sex": learner.sex, "id_type": learner.id_type or "",
        "id_number": learner.id_number_mask, "education": learner.education, "employer": learner.employer,
        "phone": mask_phone(account.phone) if account.phone else "",
        "email": mask_email(account.email) if account.email else "",
    }


def answers_as_json(answers: Sequence[RuleAnswer]) -> list[dict[str, Any]]:
    """The eligibility answer rule by rule, as it is frozen: why was this allowed, by which rule, on what evidence."""
    return [
        {"code": one.code, "answer": str(one.answer), "rule": _plain(one.words), "evidence": _plain(one.evidence),
         "source": one.source, "official": one.official}
        for one in answers
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, Words):
        return {"text": value.text, "values": {name: _plain(one) for name, one in value.values}}
    if isinstance(value, Problem):
        return _plain(value.words)
    return value if isinstance(value, str | int | float | bool | None) else str(value)
