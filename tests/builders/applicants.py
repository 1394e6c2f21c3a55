"""Somebody ready to apply: identity and photo handed in, hours credited, texts to agree to; and cases under review."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.applications.models import Application
from enroll.applications.services.drafting import begin_application, choose_sittings
from enroll.applications.services.reviewing import approve
from enroll.applications.services.submitting import submit
from enroll.enrolments.models import Enrolment
from enroll.foundation.actor import Actor
from enroll.learners.lifecycle import CheckKind
from enroll.learners.models import ConsentText, IdentityCheck, Learner, LearnerFile
from enroll.programmes.models import Window
from enroll.sittings.lifecycle import Part
from enroll.sittings.models import Sitting
from enroll.storage.database import db, transaction
from enroll.storage.files import keep_file
from tests.builders.accounts import an_account
from tests.builders.exams import a_sitting, a_window
from tests.builders.papers import a_photo
from tests.builders.study import BEFORE, a_student, credited, learner_of
from tests.conftest import NOON
from tests.worlds import built_once

TICKED = {"sensitive_id": 1, "share_issuer": 1, "commitment": 1}
TEXTS = {"sensitive_id": "separate", "share_issuer": "separate", "commitment": "declaration"}


@built_once
def the_texts() -> None:
    """The separate consents and the declaration, version 1, unless they are there."""
    if db.session.scalar(select(ConsentText.id)) is not None:
        return
    with transaction():
        for code in TEXTS:
            a_text(code)


@built_once
def a_text(code: str, version: int = 1, *, from_at: datetime = BEFORE) -> None:
    with transaction() as session:
        session.add(ConsentText(code=code, version=version, kind=TEXTS[code], asked_when="exam_registration",
                                required=True, title_zh=f"标题{code}", title_en=f"Title {code}", text_zh=f"正文{code}",
                                text_en=f"Text of {code}", from_at=from_at))


@built_once
def an_applicant(
    name: str = "zhangwei", *, minutes: int = 1620, identity: str = "verified", photo: str = "submitted",
    **of_learner: Any,
) -> Enrolment:
    """An enrolment of somebody who could apply: everything handed in, hours complete."""
    with transaction() as session:
        the_texts()
        enrolment = a_student(name, verified=identity == "verified")
        session.flush()
        if minutes:
            credited(enrolment, minutes)
        learner = session.get_one(Learner, enrolment.learner_id)
        learner.latin_name, learner.sex, learner.education = "", "male", "bachelor"
        learner.employer, learner.id_number_key = "示例科技（北京）有限公司", f"key-{name}"
        for field, value in of_learner.items():
            setattr(learner, field, value)
        for check in session.scalars(select(IdentityCheck).where(IdentityCheck.learner_id == learner.id)):
            check.state = photo if check.kind == CheckKind.PHOTO else identity
        for kind in ("photo", "id_front", "id_back"):
            a_learner_file(learner.id, kind)
    return enrolment


@built_once
def a_learner_file(learner_id: int, kind: str, *, added_at: datetime = BEFORE) -> None:
    """A picture that takes the place of the one in force."""
    content = a_photo() + f"{kind} of {learner_id} at {added_at}".encode()
    stored = keep_file(content, name=f"{kind}.jpg", media_type="image/jpeg",
                       purpose="identity", now=added_at)
    with transaction() as session:
        for old in session.scalars(select(LearnerFile).where(
            LearnerFile.learner_id == learner_id, LearnerFile.kind == kind, LearnerFile.replaced_at.is_(None)
        )):
            old.replaced_at = added_at
        session.flush()
        session.add(LearnerFile(learner_id=learner_id, kind=kind, file=stored, added_at=added_at))


@built_once
def both_sittings(window: Window | None = None, *, seats: int = 40) -> dict[str, str]:
    """A theory and a practical sitting of a window; gives their codes by part."""
    with transaction():
        window = window or the_window()
        return {str(part): a_sitting(window, part, seats=seats).code for part in Part}


@built_once
def the_window(code: str = "202701") -> Window:
    return db.session.scalar(select(Window).where(Window.code == code)) or a_window(code)


@built_once
def a_draft(
    enrolment: Enrolment, *, sittings: dict[str, str] | None = None, window: str = "202701", now: datetime = NOON
) -> str:
    """A draft with its sittings chosen; gives its reference."""
    with transaction():
        by = learner_of(enrolment)
        chosen = sittings or _present_sittings(window) or both_sittings(the_window(window))
        reference = begin_application(enrolment.learner_id, window, by=by, now=now)
        choose_sittings(reference, chosen, by=by, now=now)
        return reference


@built_once
def a_submitted(enrolment: Enrolment, **how: Any) -> str:
    """An application that waits for review; gives its reference."""
    with transaction():
        reference = a_draft(enrolment, **how)
        submit(reference, TICKED, by=learner_of(enrolment), now=how.get("now", NOON))
        return reference


@built_once
def an_approved(enrolment: Enrolment, *, by: Actor | None = None, **how: Any) -> str:
    """An approved application whose fee is due; gives its reference."""
    with transaction():
        reference = a_submitted(enrolment, **how)
        approve(reference, verified=[CheckKind.PHOTO, CheckKind.IDENTITY], by=by or a_reviewer(f"for-{reference}"),
                now=how.get("now", NOON))
        return reference


def a_reviewer(name: str = "shenhe1", *more: Role) -> Actor:
    return an_account(name, Role.REVIEWER, *more).actor_at(NOON)


def a_lead(name: str = "zhuguan") -> Actor:
    return an_account(name, Role.REVIEW_LEAD).actor_at(NOON)


def the(reference: str) -> Application:
    """The application as it stands in the database now."""
    db.session.rollback()
    return db.session.scalars(select(Application).where(Application.reference == reference)).one()


def seats_taken(codes: Sequence[str]) -> list[int]:
    db.session.rollback()
    found = {one.code: one.taken for one in db.session.scalars(select(Sitting).where(Sitting.code.in_(codes)))}
    return [found[code] for code in codes]


def _present_sittings(window: str) -> dict[str, str]:
    rows = db.session.scalars(select(Sitting).join(Window, Window.id == Sitting.window_id).where(Window.code == window))
    return {one.part: one.code for one in rows}
