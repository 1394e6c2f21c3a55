"""A fee falls due, is covered by a package, or is no longer owed."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from enroll.audit import services as audit
from enroll.audit.moves import begin, expect_version, make_move
from enroll.fees.events import FeeFellDue, FeeSettled
from enroll.fees.lifecycle import FEE, OPEN, FeeState
from enroll.fees.models import Fee
from enroll.fees.queries.fees import facts_about, fee_for
from enroll.fees.rules import Payer
from enroll.fees.services.refunds import ask_back
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.programmes.models import FeeItem
from enroll.programmes.queries.programmes import prices_at
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction

NO_LONGER_OWED = "no_longer_owed"


def raise_fee(
    learner_id: int, subject: str, item_code: str, *, due_at: datetime, payer: str = Payer.LEARNER,
    prices: Mapping[str, int] | None = None, by: Actor, now: datetime,
) -> str:
    """Let a fee fall due for a subject (the reference of an enrolment, application or booking); gives its reference.

    Several items of one fee are joined with "+" (resit_theory+resit_practical). Amounts are those of `prices` (the fees
    frozen in a window's terms) or else of today's price list; a fee of nothing is included at once. Raises Refused when
    an item has no price or the subject already has a live fee.
    """
    with transaction() as session:
        if fee_for(session, subject) is not None:
            raise Refused(problem("fee_known", N_("There already is a fee for %(subject)s."), subject=subject))
        items = _items(session, item_code, now)
        amounts = [item.amount_fen if prices is None else prices.get(item.code) for item in items]
        if None in amounts:
            raise Refused(_no_price(item_code))
        fee = Fee(
            reference=next_reference(session, "F"), learner_id=learner_id, subject=subject, item_code=item_code,
            title_zh="、".join(item.name_zh for item in items), title_en=", ".join(item.name_en for item in items),
            amount_fen=sum(one or 0 for one in amounts), payer=str(payer), due_at=due_at, raised_at=now,
        )
        begin(session, FEE, fee, by=by, now=now, amount_fen=fee.amount_fen, item=item_code)
        if fee.amount_fen == 0:
            settle(session, fee, "include", by=SYSTEM, now=now)
        else:
            outbox.record(session, FeeFellDue(learner_id, fee.reference, subject), now)
        return fee.reference


def include_fee(
    reference: str, *, by: Actor, now: datetime, reason: str = "", seen_version: int | None = None
) -> None:
    """The package covers this fee: known to the program (by SYSTEM), or said by finance with a reason."""
    with transaction() as session:
        fee = lock(session, Fee, Fee.reference == reference)
        expect_version(fee, seen_version)
        settle(session, fee, "include" if by == SYSTEM else "mark_included", by=by, now=now, reason=reason)


def waive_fee(
    reference: str, *, reason: str, by: Actor, now: datetime, seen_version: int | None = None
) -> None:
    """Finance lets a fee go, with a reason that stays on file."""
    with transaction() as session:
        fee = lock(session, Fee, Fee.reference == reference)
        expect_version(fee, seen_version)
        settle(session, fee, "waive", by=by, now=now, reason=reason)


def void_fee(subject: str, *, now: datetime, reason: str = "") -> None:
    """Nothing is owed for this subject any more (lapsed, withdrawn); what was part paid is asked back at once.

    A fee that is settled, or that never was, stays as it is: whoever cancels decides about its refund.
    """
    with transaction() as session:
        fee = _still_owed(session, subject)
        if fee is None:
            return
        make_move(session, FEE, fee, "void", by=SYSTEM, now=now, facts=facts_about(fee), reason=reason)
        if fee.paid_fen:
            ask_back(session, fee, fee.paid_fen, NO_LONGER_OWED, reason, by=SYSTEM, now=now)


def postpone_fee(subject: str, due_at: datetime, *, now: datetime) -> None:
    """The date until which a fee is to be paid has moved (an extension); the fee itself stays as it is."""
    with transaction() as session:
        fee = _still_owed(session, subject)
        if fee is not None:
            fee.due_at = due_at


def carry_fee(subject: str, to_subject: str, *, by: Actor, now: datetime) -> None:
    """The fee of a subject becomes that of another one (an application that goes on in a later window), with whatever
    arrived for it; nothing is charged or given back. Raises NotFound where there is no live fee."""
    with transaction() as session:
        fee = lock(session, Fee, Fee.subject == subject, Fee.state != FeeState.VOID)
        fee.subject, fee.version = to_subject, fee.version + 1
        audit.record(session, "fee.carry", fee.reference, by=by, now=now, learner_id=fee.learner_id, before=subject,
                     after=to_subject, paid_fen=fee.paid_fen)
        session.flush()


def settle(session: Session, fee: Fee, move: str, *, by: Actor, now: datetime, reason: str = "") -> None:
    """Make a move that settles a fee, in the caller's transaction, and tell whoever waits for its subject."""
    make_move(session, FEE, fee, move, by=by, now=now, facts=facts_about(fee), reason=reason)
    fee.settled_at = now
    outbox.record(session, FeeSettled(fee.learner_id, fee.reference, fee.subject, fee.state), now)


def _still_owed(session: Session, subject: str) -> Fee | None:
    """The fee of a subject under its lock, where something is owed. The state is read again under the lock: a payment
    may arrive in the very moment in which the seat lapses."""
    known = fee_for(session, subject)
    if known is None:
        return None
    fee = lock(session, Fee, Fee.id == known.id)
    return fee if fee.state in OPEN else None


def _items(session: Session, item_code: str, now: datetime) -> list[FeeItem]:
    known = prices_at(session, local_day(now))
    codes = item_code.split("+")
    if any(code not in known for code in codes):
        raise Refused(_no_price(item_code))
    return [known[code] for code in codes]


def _no_price(item_code: str) -> Problem:
    return problem("price_missing", N_("There is no price for: %(items)s."), items=item_code)
