"""Agreeing and taking back what was agreed to. Each consent stands for one purpose and one version of its text."""

from collections.abc import Mapping
from datetime import datetime

from enroll.audit import services as audit
from enroll.foundation.actor import Actor
from enroll.foundation.problems import Refused, problem
from enroll.foundation.words import N_
from enroll.learners.events import ConsentWithdrawn
from enroll.learners.models import Consent, Learner
from enroll.learners.queries.consents import consents_in_force, texts_in_force
from enroll.learners.rules.behalf import PERSONAL
from enroll.storage import outbox
from enroll.storage.database import lock, transaction


def give_consents(
    learner_id: int, ticked: Mapping[str, int], *, by: Actor, now: datetime, network_address: str = "",
    given_by_name: str = "",
) -> None:
    """Keep each ticked text by the version that was read; one that is in force already stays as it is.

    Raises Refused where a text has changed since it was read: it is shown again, and asked again; and always in another
    person's name.
    """
    if ticked and by.behalf is not None:
        raise Refused(PERSONAL)
    with transaction() as session:
        learner = lock(session, Learner, Learner.id == learner_id)
        in_force = consents_in_force(session, learner_id)
        texts = {text.code: text for text in texts_in_force(session, now)} if ticked else {}
        for code, version in ticked.items():
            text = texts.get(code)
            if text is None or text.version != version:
                raise Refused(problem("text_changed", N_("This text has changed since you opened the page. Read it "
                                                         "again and decide once more.")))
            if code in in_force and in_force[code].text_id == text.id:
                continue
            session.add(Consent(learner_id=learner_id, text_id=text.id, given_at=now, network_address=network_address,
                                given_by_name=given_by_name or learner.legal_name or by.name))
            audit.record(session, "consent.give", learner.reference, by=by, now=now, learner_id=learner_id, text=code,
                         version=version)
        session.flush()


def withdraw_consent(learner_id: int, code: str, *, by: Actor, now: datetime) -> None:
    """Take a consent back: from now on what needs it stops. What was done stays. Raises Refused: none in force."""
    if by.behalf is not None:
        raise Refused(PERSONAL)
    with transaction() as session:
        learner = lock(session, Learner, Learner.id == learner_id)
        in_force = consents_in_force(session, learner_id)
        if code not in in_force:
            raise Refused(problem("consent_not_in_force", N_("This consent is not in force.")))
        for consent in learner.consents:
            if consent.consent_text.code == code and consent.withdrawn_at is None:
                consent.withdrawn_at = now
        audit.record(session, "consent.withdraw", learner.reference, by=by, now=now, learner_id=learner_id, text=code)
        outbox.record(session, ConsentWithdrawn(learner_id, code), now)
