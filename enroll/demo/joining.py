"""How a learner of the data came to us: signed up, said who they are, was checked, enrolled and paid."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.accounts.rules.contacts import Contact, read_contact
from enroll.accounts.services.opening import open_account
from enroll.demo.people import data
from enroll.demo.pictures import PALE_BLUE, WHITE, document, portrait
from enroll.documents.images import Frame, accept, accept_document
from enroll.documents.photos import PhotoRule, make_photo
from enroll.enrolments.models import Enrolment
from enroll.enrolments.services.enrolling import enrol
from enroll.fees.models import Fee
from enroll.fees.services.payments import record_payment
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.clock import SHANGHAI
from enroll.learners.lifecycle import CheckKind
from enroll.learners.models import ConsentText, IdentityCheck
from enroll.learners.services.consents import give_consents
from enroll.learners.services.files import keep_document, keep_photo
from enroll.learners.services.guardian import name_guardian
from enroll.learners.services.identity import IdentityDetails, ReturnItem, decide_check, hand_in, save_identity
from enroll.learners.services.joining import open_learner
from enroll.storage.database import db
from enroll.storage.files import StoredFile, keep_file

Do = Callable[[datetime], None]
Planned = tuple[datetime, str, Do]
ID_TYPES = {one["code"]: one["zh"] for one in data()["enums"]["id_type"]}
SEX = {"男": "male", "女": "female"}
AT_SIGN_UP, FOR_IDENTITY = ("privacy_notice",), ("sensitive_id", "share_issuer")
OPEN_COHORTS = {one["code"] for one in data()["cohorts"] if one["source"] == "self"}
WHOLE = Frame(0.5, 0.5, 1.0)


class Joining:
    """Knows the learner's ids once they have joined; `me(now)` is the learner acting."""

    def __init__(self, one: dict[str, Any], staff: Callable[[str, datetime], Actor], password_hash: str):
        self.one, self.staff, self.password_hash = one, staff, password_hash
        self.username, self.state = str(one["username"]), str(one["stage"]["identity"])
        self.account_id = self.learner_id = self.enrolment_id = 0
        self.enrolment = ""
        self._actor: Actor | None = None

    def me(self, now: datetime) -> Actor:
        assert self._actor is not None
        return self._actor

    def acts(self, first_day: date) -> Iterator[Planned]:
        day = datetime.combine(first_day, time(12, 10), SHANGHAI)
        yield day, "signs up", self._sign_up
        yield day + timedelta(minutes=20), "enrols", self._enrol
        yield day + timedelta(hours=22), "pays the training fee", self._pay
        yield from self.only_identity(day + timedelta(days=2), signed_up=True)

    def only_identity(self, day: datetime, *, signed_up: bool = False) -> Iterator[Planned]:
        """Says who they are; what the reviewer made of it, where the data says so."""
        if self.state == "waiting":
            day = max(day, datetime(2026, 11, 20, 15, 30, tzinfo=SHANGHAI))
        if not signed_up:
            yield day - timedelta(minutes=10), "signs up", self._sign_up
        yield day, "hands in the identity", self._identify
        if self.state != "waiting":
            yield day + timedelta(hours=23), "is checked", self._checked

    def _sign_up(self, now: datetime) -> None:
        account = open_account(
            self.password_hash, (Role.LEARNER,), by=SYSTEM, now=now, username=self.username, name=self.one["name"],
            contacts=[contact(self.one["email"]), contact(f"+86{self.one['phone']}")], confirmed=True, is_demo=True,
        )  # fmt: skip
        self.account_id, self._actor = account.id, account.actor_at(now)
        me = self.me(now)
        self.learner_id = open_learner(self.account_id, self._birth_date(), by=me, now=now).id
        give_consents(self.learner_id, newest(*AT_SIGN_UP), by=me, now=now)

    def _identify(self, now: datetime) -> None:
        me = self.me(now)
        give_consents(self.learner_id, newest(*FOR_IDENTITY), by=me, now=now)
        save_identity(self.learner_id, self._details(), by=me, now=now)
        for kind, side in (("id_front", "front"), ("id_back", "back")):
            picture = accept_document(
                document(side, self.one["name"], ID_TYPES[self.one["id_type"]], self.one["id_number"])
            )
            keep_document(self.learner_id, kind, self._kept(picture.jpeg, kind, now, sealed=True), by=me, now=now)
        sent_back = "returned" in self.one["stage"]
        self.hand_in_photo(now, portrait(self.username, female=self.one["gender"] == "女",
                                         background=PALE_BLUE if sent_back else WHITE))
        if "guardian" in self.one:
            told = self.one["guardian"]
            name_guardian(self.learner_id, told["name"], told["relation"], contact(told["email"]), language="zh", by=me,
                          now=now, real_now=now)
        hand_in(self.learner_id, (CheckKind.IDENTITY, CheckKind.PHOTO), by=me, now=now)

    def hand_in_photo(self, now: datetime, picture: bytes) -> None:
        source = accept(picture)
        rule = photo_rule()
        photo = make_photo(source.jpeg, WHOLE, rule)
        keep_photo(self.learner_id, self._kept(source.jpeg, "photo_source", now), self._kept(photo.jpeg, "photo", now),
                   by=self.me(now), now=now)

    def _checked(self, now: datetime) -> None:
        reviewer = self.staff("shenhe1" if len(self.username) % 2 else "shenhe2", now)
        checks = {
            check.kind: check.reference
            for check in db.session.query(IdentityCheck).filter_by(learner_id=self.learner_id)
        }
        identity, photo = checks[CheckKind.IDENTITY], checks[CheckKind.PHOTO]
        stage = self.one["stage"]
        if self.state == "returned":
            items = [ReturnItem(one["item"], one["reason"], one["words"]) for one in stage["identity_items"]]
            decide_check(identity, "return", items=items, reason=items[0].words, by=reviewer, now=now)
        elif self.state == "unable":
            decide_check(identity, "unable", reason=stage["identity_note"], by=reviewer, now=now)
        elif "guardian" not in self.one:
            decide_check(identity, "verify", by=reviewer, now=now)
        sent_back = {one["item"] for one in stage.get("returned", {}).get("items", ())}
        if self.state != "returned" and "photo" not in sent_back:
            decide_check(photo, "verify", by=reviewer, now=now)

    def _enrol(self, now: datetime) -> None:
        by_oneself = self.one["cohort"] in OPEN_COHORTS  # learners of a school or an employer are enrolled by staff
        by = self.me(now) if by_oneself else self.staff("banzhuren", now)
        self.enrolment = enrol(self.learner_id, "CAIP", self.one["cohort"], self.one["direction"],
                               newest("training_agreement")["training_agreement"],
                               payer="employer" if "group" in self.one else "learner", by=by, now=now)
        session = db.session()
        self.enrolment_id = session.scalars(select(Enrolment.id).where(Enrolment.reference == self.enrolment)).one()

    def _pay(self, now: datetime) -> None:
        session = db.session()
        fee = session.execute(select(Fee.reference, Fee.amount_fen).where(Fee.subject == self.enrolment)).one()
        record_payment(fee.reference, "alipay" if len(self.username) % 2 else "wechat", f"TRAIN{self.username.upper()}",
                       fee.amount_fen, now - timedelta(minutes=30), by=self.staff("caiwu", now), now=now)

    def _details(self) -> IdentityDetails:
        one = self.one
        latin = one.get("name_latin", "")
        return IdentityDetails(
            legal_name=one["name"], id_type=one["id_type"], id_number=one["id_number"], birth_date=self._birth_date(),
            sex=SEX[one["gender"]], latin_name=latin, nationality=one.get("nationality", "CHN"),
            education=one.get("education") or "", employer=one.get("employer") or "",
        )  # fmt: skip

    def _birth_date(self) -> date:
        if "birth_date" in self.one:
            return date.fromisoformat(self.one["birth_date"])
        return datetime.strptime(self.one["id_number"][6:14], "%Y%m%d").replace(tzinfo=SHANGHAI).date()

    def _kept(self, content: bytes, purpose: str, now: datetime, *, sealed: bool = False) -> StoredFile:
        return keep_file(content, name=f"{purpose}.jpg", media_type="image/jpeg", purpose=purpose,
                         owner_id=self.account_id, sealed=sealed, now=now)


def contact(address: str) -> Contact:
    read = read_contact(address)
    assert isinstance(read, Contact), address
    return read


def newest(*codes: str) -> dict[str, int]:
    """The present version of each of these texts."""
    session = db.session()
    wanted = select(ConsentText.code, ConsentText.version).where(ConsentText.code.in_(codes))
    found = {row[0]: row[1] for row in session.execute(wanted.order_by(ConsentText.version)).all()}
    return found


def photo_rule() -> PhotoRule:
    told = data()["policy"]["photo"]
    return PhotoRule(told["width"], told["height"], told["min_kb"], told["max_kb"], background=told["background"])
