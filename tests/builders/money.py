"""Fees of learners, and the finance office that records what arrives."""

from datetime import date, datetime, timedelta

from enroll.accounts.models import Account
from enroll.accounts.permissions import Role
from enroll.fees.models import Fee
from enroll.fees.queries.fees import fee_by_reference
from enroll.fees.services.payments import record_payment
from enroll.fees.services.raising import raise_fee
from enroll.foundation.actor import SYSTEM, Actor
from enroll.learners.models import Learner
from enroll.storage.database import db, transaction
from tests.builders.accounts import an_account, an_actor
from tests.builders.programmes import a_programme
from tests.conftest import NOON
from tests.worlds import built_once

DUE = NOON + timedelta(days=5)


@built_once
def a_price_list(*, with_rules: bool = False) -> None:
    """The prices; with the programme's rules only where a page shows them (refund tables): they are many rows."""
    with transaction() as session:
        a_programme(session, stated=None if with_rules else {})


@built_once
def a_payer(
    name: str = "zhangwei", legal_name: str = "张伟", roles: tuple[Role, ...] = (Role.LEARNER,)
) -> tuple[Account, Learner]:
    account = an_account(name, *roles)
    with transaction() as session:
        learner = Learner(reference=f"L-{name}", account_id=account.id, birth_date=date(1990, 3, 12), version=1,
                          legal_name=legal_name, joined_at=NOON)
        session.add(learner)
    return account, learner


@built_once
def a_fee(
    name: str = "zhangwei", subject: str = "A2701-0001", item: str = "exam_first", *, due_at: datetime = DUE,
    payer: str = "learner", legal_name: str = "张伟", now: datetime = NOON,
) -> str:
    """A fee of somebody new, for one subject; the price list must stand. Gives its reference."""
    _, learner = a_payer(name, legal_name)
    return raise_fee(learner.id, subject, item, due_at=due_at, payer=payer, by=SYSTEM, now=now)


def the_fee(reference: str) -> Fee:
    db.session.rollback()
    found = fee_by_reference(db.session(), reference)
    assert found is not None
    return found


def finance(name: str = "caiwu") -> Actor:
    return an_actor(name, Role.FINANCE)


@built_once
def paid(reference: str, by: Actor, *, fen: int = 48000, trade_no: str = "WX0001", now: datetime = NOON) -> None:
    record_payment(reference, "wechat", trade_no, fen, now, by=by, now=now)
