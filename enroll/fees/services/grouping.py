"""One transfer that pays for several learners. A trade number is one payment of one fee, so each fee gets the number
with a suffix of its own (-1, -2, …); what cannot be recorded is named, the rest is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from enroll.fees.queries.fees import fee_by_reference
from enroll.fees.services.payments import record_payment
from enroll.foundation.actor import Actor
from enroll.foundation.problems import Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.storage.database import transaction


@dataclass(frozen=True)
class Answered:
    """What became of one fee of a group: recorded, or why not."""

    reference: str
    problems: tuple[Problem, ...] = ()


def record_group(
    references: Sequence[str], provider: str, trade_no: str, paid_at: datetime, *, by: Actor, now: datetime
) -> list[Answered]:
    """Record what each of these fees still owes, in the order given. Each answer stands for itself."""
    answers = []
    with transaction() as session:
        for place, reference in enumerate(references, start=1):
            try:
                with session.begin_nested():
                    owed = _owed(session, reference)
                    record_payment(reference, provider, f"{trade_no}-{place}", owed, paid_at, by=by, now=now)
                answers.append(Answered(reference))
            except Refused as refused:
                answers.append(Answered(reference, refused.problems))
    return answers


def _owed(session: Session, reference: str) -> int:
    fee = fee_by_reference(session, reference)
    if fee is None or fee.owed_fen == 0:
        raise Refused(problem("nothing_owed", N_("Nothing is owed for it any more.")))
    return fee.owed_fen
