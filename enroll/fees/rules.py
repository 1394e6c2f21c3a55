"""What must be true before money is recorded, and what comes back when somebody steps back. Amounts are whole fen."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from enroll.foundation.actor import Actor
from enroll.foundation.clock import at_beijing
from enroll.foundation.money import fen_of
from enroll.foundation.problems import OWN_RECORD, Problem, RowFault, problem
from enroll.foundation.text import compared
from enroll.foundation.words import N_
from enroll.programmes.rules.figures import RefundRule

FREE_TRIAL = timedelta(days=7)


class Payer(StrEnum):
    LEARNER = "learner"
    EMPLOYER = "employer"
    SCHOOL = "school"


class Provider(StrEnum):
    BANK = "bank"
    WECHAT = "wechat"
    ALIPAY = "alipay"
    CASH = "cash"


class ReconciledAs(StrEnum):
    REFUNDED = "refunded"
    USED = "used"
    SEAT = "seat"  # by the program alone: the seat was still free and is the learner's again


PAYER_NAMES = {Payer.LEARNER: N_("Learner"), Payer.EMPLOYER: N_("Employer"), Payer.SCHOOL: N_("School")}
PROVIDER_NAMES = {
    Provider.BANK: N_("Bank transfer"), Provider.WECHAT: N_("WeChat Pay"), Provider.ALIPAY: N_("Alipay"),
    Provider.CASH: N_("Cash"),
}
RECONCILED_NAMES = {ReconciledAs.REFUNDED: N_("Given back"), ReconciledAs.USED: N_("Used in another way"),
                    ReconciledAs.SEAT: N_("Pays for the seat, taken again")}
DECIDED_BY_FINANCE = (ReconciledAs.REFUNDED, ReconciledAs.USED)


@dataclass(frozen=True)
class FeeFacts:
    """`paid_fen` includes the payment being recorded."""

    owner_account_id: int
    amount_fen: int
    paid_fen: int


def paid_in_full(facts: FeeFacts) -> Problem | None:
    if facts.paid_fen < facts.amount_fen:
        return problem("not_paid_in_full", N_("The payments do not reach the amount that is due."), field="amount")
    if facts.paid_fen > facts.amount_fen:
        return problem("paid_too_much", N_("This is more than the amount that is due."), field="amount")
    return None


def part_is_paid(facts: FeeFacts) -> Problem | None:
    if 0 < facts.paid_fen < facts.amount_fen:
        return None
    return problem("not_a_part", N_("A part payment is more than nothing and less than the amount due."),
                   field="amount")


def deciding_about_another(facts: FeeFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id == facts.owner_account_id else None


class Cause(StrEnum):
    """Why an exam fee is given back, or is not."""

    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    SITTING_CANCELLED = "sitting_cancelled"
    MISCONDUCT = "misconduct"


RULE_OF_CAUSE = {
    Cause.REJECTED: "application_rejected", Cause.SITTING_CANCELLED: "sitting_cancelled",
    Cause.MISCONDUCT: "misconduct",
}
IN_TIME, TOO_LATE = "before_full_refund_deadline", "gave_up_or_absent"
NOT_STARTED, STARTED = "not_started", "started"


@dataclass(frozen=True)
class RefundQuote:
    """What comes back now, by which rule; `until` is when this changes, None where it does not."""

    rule: RefundRule
    amount_fen: int
    until: datetime | None = None


def exam_refund(
    rules: Sequence[RefundRule], paid_fen: int, *, cause: Cause, now: datetime, full_until: datetime
) -> RefundQuote:
    """The refund of an exam fee at this moment, by the rules the window was published with."""
    code = RULE_OF_CAUSE.get(cause) or (IN_TIME if now < full_until else TOO_LATE)
    rule = _named(rules, code)
    return RefundQuote(rule, paid_fen * (rule.percent or 0) // 100, full_until if code == IN_TIME else None)


def training_refund(
    rules: Sequence[RefundRule], paid_fen: int, *, opened_at: datetime, minutes_studied: int, minutes_total: int,
    now: datetime,
) -> RefundQuote:
    """The refund of a training fee: all of it within seven days without study, else the share not studied."""
    if minutes_studied == 0 and now < opened_at + FREE_TRIAL:
        rule = _named(rules, NOT_STARTED)
        return RefundQuote(rule, paid_fen * (rule.percent or 0) // 100, opened_at + FREE_TRIAL)
    left = max(minutes_total - minutes_studied, 0)
    return RefundQuote(_named(rules, STARTED), paid_fen * left // minutes_total if minutes_total else 0)


def _named(rules: Sequence[RefundRule], code: str) -> RefundRule:
    found = next((rule for rule in rules if rule.code == code), None)
    if found is None:
        raise LookupError(f"the refund rules name no {code}")
    return found


def spread(amount_fen: int, owed: Sequence[tuple[str, int]]) -> tuple[list[tuple[str, int]], int]:
    """One amount over several debts (reference, fen owed) in their order: each in full while it lasts, the last perhaps
    in part; and what is left of it."""
    parts = []
    for reference, fen in owed:
        if amount_fen > 0 < fen:
            parts.append((reference, min(fen, amount_fen)))
            amount_fen -= parts[-1][1]
    return parts, amount_fen


def refundable(paid_fen: int, given_back_fen: int, amount_fen: int) -> Problem | None:
    """Nobody gets back more than arrived. `given_back_fen` counts refunds on their way, too."""
    if amount_fen <= 0:
        return problem("refund_of_nothing", N_("There is nothing to give back."), field="amount")
    if amount_fen > paid_fen - given_back_fen:
        return problem("refund_too_much", N_("This is more than was paid and not yet given back."), field="amount")
    return None


PROVIDERS_AS_WRITTEN = {
    "对公转账": Provider.BANK, "银行转账": Provider.BANK, "转账": Provider.BANK, "微信": Provider.WECHAT,
    "微信支付": Provider.WECHAT, "支付宝": Provider.ALIPAY, "现金": Provider.CASH, "bank transfer": Provider.BANK,
    "wechat pay": Provider.WECHAT, **{str(one): one for one in Provider},
}
WRITTEN_MOMENT = re.compile(r"(20[0-9]{2}-[0-9]{2}-[0-9]{2})(?:[ T]([0-9]{2}:[0-9]{2})(?::[0-9]{2})?)?", re.ASCII)


@dataclass(frozen=True)
class PaymentRow:
    """One payment of a bank's or an app's list. `number` is the row in the file."""

    number: int
    reference: str
    provider: Provider
    trade_no: str
    amount_fen: int
    paid_at: datetime


def read_payment(number: int, values: Mapping[str, str]) -> PaymentRow | list[RowFault]:
    """A row of a payments file, or every reason why it is none. Times are Beijing's; a day alone is its noon."""
    provider = PROVIDERS_AS_WRITTEN.get(values["provider"].strip().lower())
    amount, paid_at = fen_of(values["amount"].strip()), _moment_of(values["paid_at"].strip())
    faults = [
        RowFault(number, column, problem("cell_wrong", text))
        for column, wrong, text in (
            ("reference", not values["reference"].strip(), N_("The number of the fee is missing.")),
            ("provider", provider is None, N_("Say bank transfer, WeChat Pay, Alipay or cash.")),
            ("trade_no", not compared(values["trade_no"]), N_("Enter the trade number of the payment.")),
            ("amount", not amount, N_("Enter the amount that arrived, for example 480.00.")),
            ("paid_at", paid_at is None, N_("Enter the day and time as 2026-11-22 10:00.")),
        ) if wrong
    ]
    if faults or provider is None or amount is None or paid_at is None:
        return faults
    return PaymentRow(number, compared(values["reference"]), provider, compared(values["trade_no"]), amount, paid_at)


def _moment_of(text: str) -> datetime | None:
    found = WRITTEN_MOMENT.fullmatch(text)
    try:
        return at_beijing(date.fromisoformat(found[1]), time.fromisoformat(found[2] or "12:00")) if found else None
    except ValueError:
        return None
