"""An employer registers its people: a roster with faults, each member's own yes and submission, one payment for all."""

import io
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from enroll.accounts.models import Account
from enroll.accounts.permissions import Role
from enroll.applications.services.leaving import give_up
from enroll.applications.services.reviewing import approve
from enroll.applications.services.submitting import submit
from enroll.documents.sheets import Column, write_xlsx
from enroll.fees.models import Fee, Payment, Refund
from enroll.fees.rules import spread
from enroll.foundation.problems import NotFound, Refused
from enroll.groups.models import ExamGroup, GroupMember, GroupPayment
from enroll.groups.queries import unsound_groups
from enroll.groups.rules import Part, Stage, missing_of, stage_of
from enroll.groups.services.grouping import join_group, record_transfer
from enroll.learners.lifecycle import CheckKind
from enroll.learners.models import Learner
from enroll.notifications.models import Message
from enroll.storage import outbox
from enroll.storage.database import db
from tests.builders.accounts import an_account
from tests.builders.applicants import TICKED, a_reviewer, an_applicant, both_sittings, seats_taken
from tests.builders.study import account_of, learner_of
from tests.conftest import NOON
from tests.pages import fields_of, form_on, press, text_of

EMPLOYER = "示例制造（上海）有限公司"


def the_roster(rows) -> io.BytesIO:
    titles = ("姓名", "邮箱或手机号", "理论考试场次", "实践考核场次")
    return io.BytesIO(write_xlsx([Column(one, 20) for one in titles], rows, sheet_title="名单"))


def uploaded(browser, page: str, rows):
    sent = fields_of(form_on(browser.get(page), f"{page}/roster")) | {"file": (the_roster(rows), "roster.xlsx")}
    return browser.post(f"{page}/roster", data=sent, content_type="multipart/form-data")


def links() -> dict[int, str]:
    """The invitation of each account, as its inbox has it."""
    outbox.deliver(NOON)
    db.session.rollback()
    return {one.account_id: one.link for one in db.session.scalars(select(Message).order_by(Message.id))
            if one.link and one.link.startswith("/groups/join/")}


def test_an_employers_people_join_apply_are_paid_for_and_one_steps_back(app, client, sign_in, session):
    sittings = both_sittings()
    names = ("zhangwei", "lina", "wangfang", "zhaoqiang")
    enrolments = [an_applicant(name, legal_name=f"员工{place}") for place, name in enumerate(names)]
    accounts = [account_of(one) for one in enrolments]
    office, finance = an_account("kaowu7", Role.EXAM_OFFICER), an_account("caiwu7", Role.FINANCE)
    desk = sign_in(office, app.test_client())
    opened = press(desk, "/staff/groups/new", employer=EMPLOYER, contact_name="李主任", contact="hr@example.org",
                   window="202701")
    page = opened.location
    rows = [[f"员工{place}", one.email, sittings["theory"], sittings["practical"]]
            for place, one in enumerate(accounts)]
    faulty = [*rows, ["无此人", "nobody@example.org", "", ""], ["别名", accounts[0].email, "", ""],
              ["员工1", accounts[1].email, "", ""], ["x", "not an address", "202701-XX-T", ""]]
    looked = desk.get(uploaded(desk, page, faulty).location)
    shown = text_of(looked)
    assert "员工3" in shown
    assert shown.count("没有") >= 2
    assert not session.scalars(select(GroupMember)).all()  # looking invites nobody
    token_page = looked.request.path
    assert press(desk, token_page).status_code == 303
    assert press(desk, token_page).status_code in {303, 422} if "邀请这些人" in text_of(desk.get(token_page)) else True
    found = links()
    assert set(found) == {one.id for one in accounts}
    assert "登录" in text_of(client.get(found[accounts[0].id]))
    stranger = sign_in(accounts[1], app.test_client())
    assert stranger.post(found[accounts[0].id], data={"agreed": "y"}).status_code in {404, 419}
    mine = sign_in(accounts[0], app.test_client())
    assert press(mine, found[accounts[0].id]).status_code == 422  # the employer may not read, so no group
    joined = press(mine, found[accounts[0].id], agreed="y")
    assert joined.location.startswith("/applications/A2701-")
    assert seats_taken(list(sittings.values())) == [0, 0]  # no seat before somebody submits
    db.session.rollback()
    other = sign_in(accounts[3], app.test_client())
    press(other, found[accounts[3].id], f"{found[accounts[3].id]}/decline")
    references = [joined.location.rsplit("/", 1)[1]]
    for place in (1, 2):
        references.append(join_group(found[accounts[place].id].rsplit("/", 1)[1], agreed=True,
                                     by=learner_of(enrolments[place]), now=NOON))
    status = text_of(desk.get(page))
    assert "不参加" in status
    assert "选择场次、同意、签署并提交" in status
    assert "员工0" not in re.search(r"<textarea.*?</textarea>", desk.get(page).get_data(as_text=True), re.S)[0]
    for place, reference in enumerate(references):
        submit(reference, TICKED, by=learner_of(enrolments[place]), now=NOON)
        approve(reference, verified=[CheckKind.PHOTO], by=a_reviewer(f"pruefer{place}"), now=NOON)
    fees = session.scalars(select(Fee).where(Fee.subject.in_(references)).order_by(Fee.id)).all()
    assert {one.payer for one in fees} == {"employer"}
    each, numbers = fees[0].amount_fen, [one.id for one in fees]
    session.rollback()
    money = sign_in(finance, app.test_client())
    part = press(money, page, f"{page}/payment", provider="bank", trade_no="T1", amount=f"{(2 * each - 100) / 100:.2f}")
    assert part.status_code == 303
    assert states(session, numbers) == ["paid", "part_paid", "due"]
    assert press(money, page, f"{page}/payment", provider="bank", trade_no="T1", amount="1.00").status_code == 422
    outbox.deliver(NOON)
    rest = each + 100 + 5000
    assert press(money, page, f"{page}/payment", provider="bank", trade_no="T2", amount=f"{rest / 100:.2f}"
                 ).status_code == 303
    assert states(session, numbers) == ["paid", "paid", "paid"]
    late = session.scalars(select(Payment).where(Payment.late)).one()
    assert late.amount_fen == 5000
    assert "T2-3" in text_of(money.get("/staff/fees/reconciliation"))
    outbox.deliver(NOON)
    give_up(references[0], by=learner_of(enrolments[0]), now=NOON, expected_fen=each)
    assert session.scalars(select(Refund.amount_fen)).all() == [each]
    assert not list(unsound_groups(session))
    session.rollback()
    again = text_of(desk.get(page))
    assert "报名成功" in again
    book = load_workbook(io.BytesIO(desk.get(f"{page}/state.xlsx").get_data()))
    cells = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert len(cells) == 5
    assert {"未参加考试即结束", "报名成功", "不参加"} <= {row[1] for row in cells}


def states(session, numbers) -> list[str]:
    session.rollback()
    session.expire_all()
    return [session.get_one(Fee, one).state for one in numbers]


def test_only_the_invited_answers_and_only_while_the_group_is_open(app, sign_in, session):
    both_sittings()
    enrolment, other = an_applicant("zhangwei"), an_applicant("lina")
    office = an_account("kaowu7", Role.EXAM_OFFICER)
    desk = sign_in(office, app.test_client())
    page = press(desk, "/staff/groups/new", employer=EMPLOYER, contact_name="李主任", contact="hr@example.org",
                 window="202701").location
    name, email = session.get_one(Learner, enrolment.learner_id).legal_name, account_of(enrolment).email
    session.rollback()
    press(desk, uploaded(desk, page, [[name, email, "", ""]]).location)
    link = links()[account_of(enrolment).id]
    token = link.rsplit("/", 1)[1]
    with pytest.raises(NotFound):
        join_group(token, agreed=True, by=learner_of(other), now=NOON)
    with pytest.raises(Refused, match="agreement_missing"):
        join_group(token, agreed=False, by=learner_of(enrolment), now=NOON)
    with pytest.raises(Refused, match="not_permitted"):
        record_transfer(page.rsplit("/", 1)[1], "bank", "T", 100, NOON, by=office.actor_at(NOON), now=NOON)
    with pytest.raises(Refused, match="nothing_owed_yet"):
        record_transfer(page.rsplit("/", 1)[1], "bank", "T", 100, NOON,
                        by=an_account("caiwu7", Role.FINANCE).actor_at(NOON), now=NOON)
    assert press(desk, page, f"{page}/close", reason="单位取消").status_code == 303
    with pytest.raises(Refused, match="group_closed"):
        join_group(token, agreed=True, by=learner_of(enrolment), now=NOON)
    assert sign_in(an_account("plain", Role.REVIEWER), app.test_client()).get(page).status_code == 403
    session.rollback()
    assert session.scalars(select(ExamGroup.state)).one() == "closed"
    assert not session.scalars(select(GroupPayment)).all()
    assert session.scalars(select(Account).where(Account.email == "hr@example.org")).all() == []


@pytest.mark.one_database
def test_a_stage_tells_whose_turn_it_is_and_an_amount_is_spread_whole():
    assert [stage_of(Part(joined, declined, state, settled)) for joined, declined, state, settled in (
        (None, None, None, False), (None, NOON, None, False), (NOON, None, None, False), (NOON, None, "draft", False),
        (NOON, None, "approved", False), (NOON, None, "approved", True), (NOON, None, "withdrawn", False),
    )] == [Stage.INVITED, Stage.DECLINED, Stage.JOINED, Stage.DRAFT, Stage.UNPAID, Stage.REGISTERED, Stage.OVER]
    assert missing_of(Stage.REGISTERED) is None
    for amount in range(50):
        parts, left = spread(amount, [("a", 10), ("b", 0), ("c", 7)])
        assert sum(fen for _, fen in parts) + left == amount
        assert all(fen <= owed for (_, fen), owed in zip(parts, (10, 7), strict=False))
