"""Two complaints, one answered and one waiting, and a list of hours of before that waits for its second person."""

from datetime import datetime, timedelta

from sqlalchemy import select

from enroll.accounts.models import Account
from enroll.documents.sheets import Cell, Column, write_xlsx
from enroll.foundation.actor import Actor
from enroll.handovers.services.bringing import check_list
from enroll.handovers.services.kinds import KINDS
from enroll.learners.models import Learner
from enroll.storage.database import db, transaction
from enroll.supervision.services.complaints import NewComplaint, answer_complaint, complain, take_complaint

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATE_ANSWER = NewComplaint(
    "teaching", "答疑超过一个工作日才回复", "11月12日晚提问，14日下午才有答复，影响当周学习安排。",
    "希望说明原因，并保证按时答复。")
LATE_ANSWER_FOUND = ("经核查，11月13日值班讲师临时请假，提问未及时转交，情况属实。\n\n"
                     "已调整值班表：讲师请假当天由另一名讲师接手。向你致歉。")
WAITED = NewComplaint(
    "conduct", "咨询电话等待时间过长", "来电反映：11月18日上午两次拨打咨询电话，均等待十分钟以上无人接听。",
    "希望增加接听人员。", "phone")


def complaints(until: datetime) -> None:
    """Play them; `until` is the demo's first moment. The first to complain, and the second, are of the data."""
    lead, adviser = _actor("zhuguan", until), _actor("banzhuren", until)
    with transaction():
        first = complain(LATE_ANSWER, by=_actor("ayinuer", until), now=until - 7 * DAY)
        answer_complaint(first, "upheld", LATE_ANSWER_FOUND, by=lead, now=until - 3 * DAY)
        take_complaint(WAITED, _learner("jiangnan").reference, until - 4 * DAY, by=adviser, now=until - 4 * DAY + HOUR)


def a_list_of_before(until: datetime) -> None:
    """Hours of an earlier class, brought by one reviewer and not yet confirmed by the other."""
    kind, one = KINDS["hours"], _learner("mahao")
    row: list[Cell] = [one.reference, one.legal_name, "G1", "知识", 45, "2026-06-06", "2026-06-07", "线下班签到表第3页"]
    content = write_xlsx([Column(column.titles[0], 20) for column in kind.columns], [row], sheet_title="学时")
    check_list(kind, content, file_name="2026年6月线下班学时.xlsx", by=_actor("shenhe1", until), now=until - 2 * HOUR)


def _actor(username: str, now: datetime) -> Actor:
    return db.session.scalars(select(Account).where(Account.username == username)).one().actor_at(now)


def _learner(username: str) -> Learner:
    return db.session.scalars(select(Learner).join(Account, Account.id == Learner.account_id).where(
        Account.username == username)).one()
