"""Certificates of before our first day, recorded from a source by two people."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.certificates.models import Certificate, EarlierCertificate
from enroll.certificates.rules import read_number
from enroll.foundation.problems import Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.learners.models import Learner
from enroll.storage.database import lock, transaction


@dataclass(frozen=True)
class EarlierFacts:
    """What the paper says, where it is proved, who brought it and who confirmed it. Days in Beijing."""

    learner_id: int
    programme_id: int
    number: str
    name: str
    issued_on: date
    valid_until: date | None
    source: str
    recorded_by_id: int
    second_person_id: int


def record_earlier(one: EarlierFacts, *, now: datetime) -> None:
    """Record a certificate of before. Raises Refused: a number that is none, or that is recorded already."""
    with transaction() as session:
        lock(session, Learner, Learner.id == one.learner_id)
        if wrong := number_is_free(session, one.number):
            raise Refused(wrong)
        session.add(EarlierCertificate(recorded_at=now, **vars(one)))
        session.flush()


def number_is_free(session: Session, number: str) -> Problem | None:
    """None where this number can be recorded: it can be one, and no certificate has it."""
    if read_number(number) != number:
        return problem("number_unreadable", N_("This cannot be the number of a certificate."), field="number")
    known = (session.scalar(select(EarlierCertificate.id).where(EarlierCertificate.number == number)),
             session.scalar(select(Certificate.id).where(Certificate.number == number)))
    if known != (None, None):
        return problem("number_known", N_("A certificate with this number is recorded already."), field="number")
    return None
