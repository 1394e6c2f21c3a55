"""The guardian of a learner of 14 to 17 years: named by the learner, acknowledges by a code to their own address."""

from datetime import datetime

from sqlalchemy.orm import Session

from enroll.accounts.rules.codes import Purpose
from enroll.accounts.rules.contacts import Contact
from enroll.accounts.services.codes import send_code, use_code
from enroll.audit import services as audit
from enroll.foundation.actor import Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import NotFound, Problem, Refused, problem
from enroll.foundation.references import public_token
from enroll.foundation.words import N_
from enroll.learners.lifecycle import CheckKind
from enroll.learners.models import Guardian, Learner
from enroll.learners.queries.consents import consents_in_force, text_in_force
from enroll.learners.queries.people import guardian_of
from enroll.learners.rules.ages import needs_guardian
from enroll.learners.rules.names import read_name
from enroll.learners.rules.texts import GUARDIAN
from enroll.learners.services.consents import give_consents
from enroll.learners.services.identity import require_open
from enroll.storage.database import lock, transaction


def name_guardian(
    learner_id: int, name: str, relation: str, contact: Contact, *, language: str, by: Actor, now: datetime,
    real_now: datetime,
) -> Guardian:
    """Say who the guardian is, and send them a code with the way to their page. Naming another person, or another
    address, makes an acknowledgement void. Raises Refused."""
    with transaction() as session:
        learner = lock(session, Learner, Learner.id == learner_id)
        require_open(session, learner_id, CheckKind.IDENTITY)
        if not needs_guardian(learner.birth_date, local_day(now)):
            raise Refused(problem("guardian_not_needed", N_("A guardian is asked for learners under 18 only.")))
        read = read_name(name, "guardian_name")
        if isinstance(read, Problem):
            raise Refused(read)
        if contact.key in {learner.account.email_key, learner.account.phone}:
            raise Refused(problem("guardian_own_address", N_("Enter the guardian's own address, not yours: the code is "
                                                             "theirs to enter."), field="contact"))
        guardian = guardian_of(session, learner_id) or Guardian(learner_id=learner_id)
        if (guardian.name, guardian.address) != (read.name, contact.key):
            guardian.token, guardian.acknowledged_at = public_token(), None
            _void_consent(session, learner_id, now)
        guardian.name, guardian.relation, guardian.address = read.name, relation, contact.key
        session.add(guardian)
        session.flush()
        audit.record(session, "learner.name_guardian", learner.reference, by=by, now=now, learner_id=learner_id,
                     relation=relation, to=contact.masked)
        if guardian.acknowledged_at is None:
            _send(session, learner, guardian, language, now, real_now)
        return guardian


def send_guardian_code(learner_id: int, *, language: str, now: datetime, real_now: datetime) -> None:
    """Another code to the guardian. Raises Refused: too soon, too often; NotFound: nobody named."""
    with transaction() as session:
        learner = lock(session, Learner, Learner.id == learner_id)
        guardian = guardian_of(session, learner_id)
        if guardian is None or guardian.acknowledged_at is not None:
            raise NotFound("Guardian")
        _send(session, learner, guardian, language, now, real_now)


def acknowledge_guardian(
    learner_id: int, *, now: datetime, real_now: datetime, network_address: str = "", code_id: int | None = None
) -> None:
    """The guardian has read the text and agrees: kept as a consent in their name. `code_id` is the code they entered,
    tried before; without one only the demo's loader and imports of paper forms come here. Raises Refused, NotFound."""
    with transaction() as session:
        learner = lock(session, Learner, Learner.id == learner_id)
        guardian = guardian_of(session, learner_id)
        if guardian is None:
            raise NotFound("Guardian")
        if code_id is not None:
            use_code(session, code_id, Purpose.GUARDIAN, real_now=real_now)
        guardian.acknowledged_at = now
        by = Actor(None, guardian.name)
        text = text_in_force(session, GUARDIAN, now)
        if text is not None:
            give_consents(learner_id, {GUARDIAN: text.version}, by=by, now=now, network_address=network_address,
                          given_by_name=guardian.name)
        audit.record(session, "learner.guardian_acknowledged", learner.reference, by=by, now=now, learner_id=learner_id)


def _send(
    session: Session, learner: Learner, guardian: Guardian, language: str, now: datetime, real_now: datetime
) -> None:
    guardian.code_id = send_code(learner.account_id, Purpose.GUARDIAN, guardian.address, language=language, now=now,
                                 real_now=real_now, token=guardian.token)
    guardian.asked_at = now


def _void_consent(session: Session, learner_id: int, now: datetime) -> None:
    consent = consents_in_force(session, learner_id).get(GUARDIAN)
    if consent is not None:
        consent.withdrawn_at = now
