"""One explicit act for a learner who asked for it: through the service the learner would use, and told at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from enroll.audit import services as audit
from enroll.foundation.actor import Actor, Behalf
from enroll.foundation.problems import NotFound, Refused
from enroll.learners.events import ActedOnBehalf
from enroll.learners.lifecycle import CheckKind
from enroll.learners.models import IdentityCheck, Learner
from enroll.learners.rules.behalf import MAY_DO, against_acting
from enroll.learners.services.files import keep_document
from enroll.learners.services.identity import hand_in
from enroll.storage import outbox
from enroll.storage.database import transaction
from enroll.storage.files import StoredFile


@dataclass(frozen=True)
class Asked:
    """How a learner asked for it: phone, counter or letter; why; and a picture of it where there is one."""

    asked_by: str
    reason: str
    evidence: StoredFile | None = None


def act_for(
    learner_id: int, act: str, asked: Asked, do: Callable[[Actor], str], *, by: Actor, now: datetime
) -> str:
    """Do one thing for a learner; gives the reference of the record that `do` gives.

    `do` gets an actor who carries both people, and only what a learner may do. Raises Refused: no permission, one's own
    record, no reason; and whatever the act itself refuses.
    """
    with transaction() as session:
        learner = session.get(Learner, learner_id)
        if learner is None:
            raise NotFound("Learner")
        problems = against_acting(learner.account_id, asked.asked_by, asked.reason, by)
        if problems:
            raise Refused(problems)
        if asked.evidence is not None:
            session.add(asked.evidence)
            session.flush()
        behalf = Behalf(learner.reference, learner.account_id, asked.asked_by, asked.reason.strip(),
                        asked.evidence.token if asked.evidence else "")
        actor = Actor(by.account_id, by.name, MAY_DO, behalf)
        subject = do(actor)
        audit.note_on_behalf(session, act, subject, learner.id, by=actor, now=now,
                             evidence_id=asked.evidence.id if asked.evidence else None)
        outbox.record(session, ActedOnBehalf(learner.id, subject, act, by.name, asked.asked_by), now)
        return subject


def keep_pictures_for(
    learner_id: int, pictures: Mapping[str, StoredFile], asked: Asked, *, hand_in_too: bool, by: Actor, now: datetime
) -> str:
    """Keep pictures of the document that a learner brought or sent, and hand the identity in for the check where that
    is wanted; gives the check's reference. Raises Refused: no consent, being checked, verified; something is missing.
    """
    def do(actor: Actor) -> str:
        with transaction() as session:
            for kind, stored in pictures.items():
                keep_document(learner_id, kind, stored, by=actor, now=now)
            if hand_in_too:
                hand_in(learner_id, [CheckKind.IDENTITY], by=actor, now=now)
            return session.scalars(select(IdentityCheck.reference).where(
                IdentityCheck.learner_id == learner_id, IdentityCheck.kind == CheckKind.IDENTITY)).one()

    return act_for(learner_id, "learner.keep_file", asked, do, by=by, now=now)
