"""One transfer that pays for several learners. A trade number is one payment of one fee, so each fee gets the number
with a suffix of its own (-1, -2, …); what cannot be recorded is named, the rest is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from enroll.fees.queries.fees import fee_by_reference
from enroll.fees.rules import spread
from enroll.fees.services.payments import keep_beyond, record_payment
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


@dataclass(frozen=True)
class Spread:
    """What became of one amount: the fees it paid or part paid, with the fen each got, and what is left over."""

    paid: tuple[tuple[str, int], ...]
    left_fen: int


def record_amount(
    references: Sequence[str], provider: str, trade_no: str, amount_fen: int, paid_at: datetime, *, by: Actor,
    now: datetime,
) -> Spread:
    """Record one amount over these fees in the order given, all of it or nothing: what is owed is paid, the last
    perhaps in part; what is left over is kept as a late payment of the last fee, for finance to reconcile. Raises
    Refused."""
    with transaction() as session:
        fees = [one for reference in references if (one := fee_by_reference(session, reference)) is not None]
        if not fees:
            raise Refused(problem("nothing_owed_yet", N_("No fee of this group has fallen due yet: record the transfer "
                                                         "when the first application is approved."), field="amount"))
        parts, left = spread(amount_fen, [(one.reference, one.owed_fen) for one in fees])
        for place, (reference, fen) in enumerate(parts, start=1):
            record_payment(reference, provider, f"{trade_no}-{place}", fen, paid_at, by=by, now=now)
        if left:
            keep_beyond(fees[-1].reference, provider, f"{trade_no}-{len(parts) + 1}", left, paid_at, by=by, now=now)
        return Spread(tuple(parts), left)


def _owed(session: Session, reference: str) -> int:
    fee = fee_by_reference(session, reference)
    if fee is None or fee.owed_fen == 0:
        raise Refused(problem("nothing_owed", N_("Nothing is owed for it any more.")))
    return fee.owed_fen
