"""Help in progress: an application filled in for somebody who telephoned, two lost sign-ins, an employer's group, and
somebody who has signed up a second time."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select

from enroll.accounts.models import Account
from enroll.accounts.rules.contacts import Contact, read_contact
from enroll.applications.services.standing_in import ask_to_sign, choose_for
from enroll.demo.joining import Joining
from enroll.demo.people import data
from enroll.foundation.actor import Actor
from enroll.groups.services.grouping import Invited, invite_members, join_group, open_group
from enroll.learners.models import Learner
from enroll.learners.services.behalf import Asked
from enroll.notifications.models import Message
from enroll.recovery.services import Lost, ask_for_recovery, check_person, confirm_person, open_for
from enroll.storage import outbox
from enroll.storage.database import db, transaction

HOUR = timedelta(hours=1)
WINDOW = "202701"
SITTINGS = {"theory": "202701-BJ01-T", "practical": "202701-BJ01-P"}
BY_PHONE = Asked("phone", "来电：手机屏幕损坏，无法在网页上选择场次，请代为填报北京考点。")
NOT_ANSWERED = "luoyan"


def an_application_by_phone(until: datetime) -> None:
    """The adviser fills in what a learner asks for on the telephone, and waits for the learner's own signature."""
    adviser, learner = _actor("banzhuren", until), _learner("shilei")
    with transaction():
        reference = choose_for(learner.id, WINDOW, SITTINGS, BY_PHONE, by=adviser, now=until - 3 * HOUR)
        ask_to_sign(learner.id, reference, BY_PHONE, by=adviser, now=until - 3 * HOUR, real_now=_really())


def lost_sign_ins(until: datetime) -> None:
    """One that two people stand for and that waits, and one that nobody has looked at."""
    first, second, learner = _actor("shenhe1", until), _actor("zhuguan", until), _learner("qianduo")
    asked, other = until - 26 * HOUR, _learner("caozimo")
    with transaction():
        reference = open_for(learner.reference, Lost("", _contact("qianduo.new@example.org"),
                                                     "手机与邮箱均为原单位配发，离职后停用。"),
                             by=first, now=asked, real_now=_really())
        check_person(reference, ["original"], "到场出示居民身份证原件，姓名、号码与系统一致，面部与证件照一致。",
                     identity_agrees=True, photo_agrees=True, by=first, now=asked + HOUR)
        confirm_person(reference, by=second, now=asked + 2 * HOUR)
        ask_for_recovery(Lost(other.legal_name, _contact("caozimo.new@example.org"),
                              "旅途中手机丢失，邮箱也收不到验证码。", born=other.birth_date),
                         place="demo", now=until - 5 * HOUR, real_now=_really())


def an_employers_group(until: datetime) -> None:
    """An employer of the data with its people: each has joined, but one who has not answered."""
    officer, known = _actor("kaowu", until), data()["employer_groups"][0]
    moment = until - 4 * HOUR
    with transaction() as session:
        group = open_group(known["employer"], known["contact"]["name"], _contact(known["contact"]["email"]), WINDOW,
                           by=officer, now=moment)
        people = [_learner(username) for username in (*known["members"], NOT_ANSWERED)]
        invite_members(group, [Invited(one.id) for one in people], by=officer, now=moment)
        outbox.deliver_inside(session, moment)
        for one in people[:-1]:
            link = session.scalars(select(Message.link).where(
                Message.account_id == one.account_id, Message.link.startswith("/groups/join/"))).one()
            join_group(link.rsplit("/", 1)[1], agreed=True, by=one.account.actor_at(moment), now=moment + HOUR)


def a_second_account(until: datetime, password_hash: str) -> None:
    """Somebody of the data signs up again with another document: the two stand side by side at the review desk."""
    known = next(one for one in data()["learners"] if one["username"] == "chenkayan")
    again = known | {"username": "chenkayan2", "email": "chenkayan2@example.org", "phone": "13900000987",
                     "id_type": "passport", "id_number": "K51234567", "stage": {"identity": "waiting"}}
    for moment, _, do in Joining(again, _actor, password_hash).only_identity(until - 18 * HOUR):
        do(moment)


def _contact(address: str) -> Contact:
    found = read_contact(address)
    assert isinstance(found, Contact), address
    return found


def _really() -> datetime:
    moment: datetime = current_app.extensions["real_clock"].now()
    return moment


def _actor(username: str, now: datetime) -> Actor:
    return db.session.scalars(select(Account).where(Account.username == username)).one().actor_at(now)


def _learner(username: str) -> Learner:
    return db.session.scalars(select(Learner).join(Account, Account.id == Learner.account_id).where(
        Account.username == username)).one()
