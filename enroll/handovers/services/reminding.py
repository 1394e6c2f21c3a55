"""Sending the link again to somebody who has not taken over their account."""

from datetime import datetime

from sqlalchemy import select

from enroll.accounts.models import Invitation
from enroll.accounts.services.inviting import invite
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NotFound
from enroll.learners.models import Learner
from enroll.storage.database import transaction


def invite_again(learner_reference: str, *, by: Actor, now: datetime, real_now: datetime) -> None:
    """A new link to the same address. Raises NotFound: nobody waits under this reference; Refused: too soon."""
    with transaction() as session:
        row = session.execute(
            select(Invitation.account_id, Invitation.address)
            .join(Learner, Learner.account_id == Invitation.account_id)
            .where(Learner.reference == learner_reference, Invitation.used_at.is_(None),
                   Invitation.replaced_at.is_(None))).first()
        if row is None:
            raise NotFound(learner_reference)
        invite(row.account_id, row.address, by=by, now=now, real_now=real_now)
