"""Somebody who passed, with the proof of hours and everything else a reviewer asks for, and the steps of their case."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from enroll.accounts.models import Account
from enroll.certificates.models import Certificate
from enroll.certificates.services import cases, numbers
from enroll.learners.models import Learner
from enroll.programmes.models import Window
from enroll.storage import outbox
from enroll.storage.database import db, transaction
from enroll.storage.files import StoredFile, keep_file
from tests.builders.award import PUBLISHING, House, a_candidate, acting, enrolment_of, published
from tests.builders.papers import a_photo
from tests.builders.study import credited
from tests.worlds import built_once

REVIEWING = PUBLISHING + timedelta(days=1)
RECORDING = PUBLISHING + timedelta(days=26)
ISSUED_ON = date(2026, 11, 16)
NUMBER = "CAIP-202609-TX01-00002-3"
PASSING = {"theory": 78, "practical": 85}


@built_once
def a_passer(window: Window, house: House, name: str = "ana", *, legal_name: str = "阿依努尔·买买提江") -> Learner:
    """Somebody who passed both parts of this window, whose only sitting it is; the case is open."""
    with transaction():
        learner = a_candidate(name, window, legal_name=legal_name)
        credited(enrolment_of(learner), 1620)
        published(window, house, {learner: PASSING})
    outbox.deliver(PUBLISHING, slow=False)
    return learner


def case_of(learner: Learner) -> Certificate:
    """The newest case or certificate."""
    wanted = select(Certificate).where(Certificate.learner_id == learner.id).order_by(Certificate.id.desc())
    return db.session.scalars(wanted).first()


def at(account: Account, moment: datetime = REVIEWING):
    return acting(account, moment)


@built_once
def approved(learner: Learner, house: House) -> Certificate:
    with transaction():
        case = case_of(learner)
        cases.approve_first(case.reference, by=at(house.first), now=REVIEWING)
        cases.approve_second(case.reference, by=at(house.second), now=REVIEWING)
        return case_of(learner)


@built_once
def reported(learner: Learner, house: House) -> Certificate:
    with transaction():
        case = approved(learner, house)
        numbers.report(case.reference, "X2609-0001", by=at(house.liaison), now=REVIEWING)
        return case_of(learner)


@built_once
def issued(
    learner: Learner, house: House, number: str = NUMBER, *, body_file: StoredFile | None = None,
    valid_until: date | None = None,
) -> Certificate:
    with transaction():
        case = reported(learner, house)
        numbers.record_number(case.reference, number, ISSUED_ON, valid_until, body_file,
                              by=at(house.liaison, RECORDING), now=RECORDING)
    outbox.deliver(RECORDING)
    return case_of(learner)


def a_body_file(content: bytes = b"%PDF-1.7 of the issuing body") -> StoredFile:
    return keep_file(content, name="CAIP.pdf", media_type="application/pdf", purpose="certificate", now=RECORDING,
                     sealed=True)


def a_photo_file() -> StoredFile:
    return keep_file(a_photo(), name="photo.jpg", media_type="image/jpeg", purpose="photo", now=REVIEWING, sealed=True)
