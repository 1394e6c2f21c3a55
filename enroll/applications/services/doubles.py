"""Two records that may be one person: a reviewer says which, with the reason, and the cases of both are flagged."""

from collections.abc import Sequence
from datetime import datetime

from enroll.accounts.permissions import Permission
from enroll.applications.queries.due import live_of
from enroll.applications.rules.flags import DUPLICATE
from enroll.applications.services.settling import set_flag
from enroll.audit import services as audit
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, OWN_RECORD, REASON_MISSING, Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.learners.models import DoubleVerdict, Learner
from enroll.learners.rules.doubles import DoubleOutcome, Shared
from enroll.storage.database import lock, transaction

NOTHING_SHARED = problem("nothing_shared", N_("This was decided meanwhile, or they share nothing any more."))


def decide_double(
    first: str, second: str, shared: Sequence[Shared], outcome: DoubleOutcome, *, reason: str, by: Actor, now: datetime
) -> None:
    """Say whether two learners (by reference) are two people or one, about everything they share. Where they are one,
    every live application of both is flagged, so that a lead approves it; neither learner sees that."""
    with transaction() as session:
        pair = sorted((lock(session, Learner, Learner.reference == one) for one in sorted({first, second})),
                      key=lambda one: one.id)
        against = _against(pair, shared, reason, by)
        if against:
            raise Refused(against)
        assert by.account_id is not None, "people decide"
        for why in shared:
            session.add(DoubleVerdict(
                first_id=pair[0].id, second_id=pair[1].id, why=str(why), outcome=str(outcome), reason=reason.strip(),
                decided_at=now, decided_by_id=by.account_id, decided_by_name=by.name))
        for one, other in (pair, pair[::-1]):
            audit.record(session, "learner.double", one.reference, by=by, now=now, learner_id=one.id,
                         other=other.reference, outcome=str(outcome), shared=[str(why) for why in shared],
                         reason=reason.strip())
        if outcome is DoubleOutcome.SAME_PERSON:
            for reference in [*live_of(session, pair[0].id), *live_of(session, pair[1].id)]:
                set_flag(reference, DUPLICATE, by=by, now=now)


def _against(pair: Sequence[Learner], shared: Sequence[Shared], reason: str, by: Actor) -> list[Problem]:
    found = []
    if not (by.may(Permission.REVIEW_APPLICATIONS) or by.may(Permission.REVIEW_IDENTITY)):
        found.append(NOT_PERMITTED)
    if by.account_id in {one.account_id for one in pair}:
        found.append(OWN_RECORD)
    if not shared or len(pair) < 2:
        found.append(NOTHING_SHARED)
    if not reason.strip():
        found.append(REASON_MISSING)
    return found
