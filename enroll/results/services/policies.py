"""How much of a source is checked: a figure of this installation, dated, with who set it and why."""

from datetime import datetime

from enroll.accounts.permissions import Permission
from enroll.audit import services as audit
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, REASON_MISSING, Refused, problem
from enroll.foundation.words import N_
from enroll.results.models import MarkCheckPolicy
from enroll.results.queries.sampling import BODY
from enroll.results.rules.sampling import CheckPolicy
from enroll.storage.database import transaction


def set_check_policy(policy: CheckPolicy, *, by: Actor, now: datetime, reason: str) -> None:
    """From now on the issuing body's files are checked like this. That maker and checker are two people stays."""
    if not by.may(Permission.MANAGE_SETTINGS):
        raise Refused(NOT_PERMITTED)
    if not reason.strip():
        raise Refused(REASON_MISSING)
    if not (0 <= policy.near_tenths <= 1000 and 0 <= policy.sample_percent <= 100
            and 1 <= policy.sample_at_least <= 1000):
        raise Refused(problem("policy_out_of_range", N_("At least one mark of each file is checked.")))
    with transaction() as session:
        session.add(MarkCheckPolicy(
            source=BODY, near_tenths=policy.near_tenths, sample_percent=policy.sample_percent,
            sample_at_least=policy.sample_at_least, from_at=now, set_by_id=by.account_id, reason=reason,
        ))
        audit.record(session, "results.set_check_policy", BODY, by=by, now=now, near_tenths=policy.near_tenths,
                     sample_percent=policy.sample_percent, sample_at_least=policy.sample_at_least, reason=reason)
