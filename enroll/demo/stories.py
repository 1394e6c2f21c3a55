"""What each learner of the data did, and what staff did: acts with their moments, played through the services."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from enroll.applications.rules.deadlines import Extended
from enroll.applications.rules.items import ItemGiven
from enroll.applications.services import drafting, leaving, reviewing, submitting
from enroll.applications.services.extending import extend
from enroll.demo.joining import Joining
from enroll.demo.studying import Studying
from enroll.fees.models import Fee
from enroll.fees.services.payments import record_payment
from enroll.fees.services.raising import waive_fee
from enroll.foundation.actor import Actor
from enroll.foundation.clock import SHANGHAI
from enroll.learners.lifecycle import CheckKind
from enroll.learners.models import ConsentText
from enroll.storage.database import db

Do = Callable[[datetime], None]
Planned = tuple[datetime, str, Do]
ActorAt = Callable[[str, datetime], Actor]

BEGAN = {
    "C2607": date(2026, 7, 1), "C2609": date(2026, 9, 1), "C2611": date(2026, 11, 2), "S2609": date(2026, 9, 1),
    "E2610": date(2026, 10, 9),
}  # fmt: skip
BOTH = (CheckKind.IDENTITY, CheckKind.PHOTO)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)


class LearnerStory:
    """One learner, from sign-up to where the data leaves them."""

    def __init__(self, one: dict[str, Any], staff: ActorAt, password_hash: str):
        self.one, self.staff, self.username = one, staff, str(one["username"])
        self.stage: dict[str, Any] = one["stage"]
        self.began = BEGAN[one["cohort"]]
        self.joining = Joining(one, staff, password_hash)
        self.studying = Studying(one, staff, self.joining)
        self.application = ""

    def acts(self) -> Iterator[Planned]:
        yield from self.joining.acts(self.began)
        yield from self.studying.acts(self.began + timedelta(days=3))
        if self.stage["window"]:
            yield from self._applying()

    def me(self, now: datetime) -> Actor:
        return self.joining.me(now)

    def _applying(self) -> Iterator[Planned]:
        submitted = self._moment("submitted_at") or datetime(2026, 11, 20, 20, 0, tzinfo=SHANGHAI)
        yield submitted - timedelta(minutes=6), "begins an application", self._begin
        if self.stage["application"] == "draft":
            return
        yield submitted, "submits", self._submit
        state = self.stage["application"]
        if state in {"returned", "expired"}:
            yield datetime.fromisoformat(self.stage["returned"]["at"]), "is returned", self._return
        elif state == "rejected":
            yield datetime.fromisoformat(self.stage["rejected"]["at"]), "is rejected", self._reject
        elif state == "withdrawn":
            yield datetime.fromisoformat(self.stage["withdrawn"]["at"]), "withdraws", self._withdraw
        elif state == "approved":
            yield from self._approved(submitted)

    def _approved(self, submitted: datetime) -> Iterator[Planned]:
        decided = next_morning(submitted)
        yield decided, "is approved", self._approve
        if self.stage["fee"] == "paid":
            yield decided + timedelta(hours=26), "pays the exam fee", self._pay
        elif self.stage["fee"] == "waived":
            yield decided + timedelta(hours=1), "has the fee waived", self._waive

    def _begin(self, now: datetime) -> None:
        me = self.me(now)
        self.application = drafting.begin_application(self.joining.learner_id, self.stage["window"], by=me, now=now)
        chosen = {"theory": self.stage["sitting_theory"], "practical": self.stage["sitting_practical"]}
        drafting.choose_sittings(self.application, chosen, by=me, now=now)

    def _submit(self, now: datetime) -> None:
        submitting.submit(self.application, exam_texts(), by=self.me(now), now=now)

    def _approve(self, now: datetime) -> None:
        reviewing.approve(self.application, verified=BOTH, by=self.staff("shenhe1", now), now=now)

    def _return(self, now: datetime) -> None:
        told = self.stage["returned"]
        reviewing.return_for_correction(
            self.application, items_of(told["items"]), by=self.staff(told["by"], now), now=now
        )
        # Three working days by rule; where the data says later, a lead granted it.
        extend(self.joining.learner_id, self.stage["window"], Extended.CORRECTION,
               datetime.fromisoformat(told["correct_by"]), reason="学员说明暂时无法重拍照片，同意延期补正",
               by=self.staff("zhuguan", now), now=now)

    def _reject(self, now: datetime) -> None:
        told = self.stage["rejected"]
        reviewing.reject(self.application, items_of(told["items"]), by=self.staff(told["by"], now), now=now)

    def _withdraw(self, now: datetime) -> None:
        leaving.withdraw(self.application, reason=self.stage["withdrawn"]["words"], by=self.me(now), now=now)

    def _pay(self, now: datetime) -> None:
        fee = fee_of(self.application)
        provider = "bank" if self.stage.get("fee_payer") == "employer" else "wechat"
        record_payment(fee.reference, provider, f"DEMO{now:%Y%m%d}{self.username}", fee.amount_fen,
                       now - timedelta(minutes=40), by=self.staff("caiwu", now), now=now)

    def _waive(self, now: datetime) -> None:
        waive_fee(fee_of(self.application).reference, reason=self.stage["fee_waiver_reason"],
                  by=self.staff("caiwu", now), now=now)

    def _moment(self, key: str) -> datetime | None:
        return datetime.fromisoformat(self.stage[key]) if self.stage.get(key) else None


def next_morning(moment: datetime) -> datetime:
    """Ten o'clock on the next working day, as staff would decide."""
    day = moment.astimezone(SHANGHAI).date() + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return at(day, 10, 10)


def items_of(items: list[dict[str, str]]) -> list[ItemGiven]:
    return [ItemGiven(one["item"], one["reason"], one["words"]) for one in items]


def exam_texts() -> dict[str, int]:
    """Every text asked at the application, ticked in its present version."""
    session = db.session()
    wanted = select(ConsentText.code, ConsentText.version).where(ConsentText.asked_when == "exam_registration")
    found = {row[0]: row[1] for row in session.execute(wanted.order_by(ConsentText.version)).all()}
    return found


def fee_of(subject: str) -> Fee:
    session = db.session()
    fee = session.scalars(select(Fee).where(Fee.subject == subject, Fee.state != "void")).one()
    session.expunge(fee)
    return fee
