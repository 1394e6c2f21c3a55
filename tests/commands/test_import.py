"""`flask import`: the pages' own services from the command line, in the shape that the contract promises."""

import json
from contextvars import Context

import pytest
from sqlalchemy import func, select

from enroll.accounts.permissions import Role
from enroll.audit.models import AuditEntry
from enroll.desk.services.importing import IMPORTS
from enroll.fees.models import Payment
from enroll.questions.models import BankQuestion
from enroll.storage.database import db, transaction
from enroll.storage.imports import StagedImport
from tests.builders.accounts import an_account
from tests.builders.courses import the_courses
from tests.builders.money import a_fee, a_price_list
from tests.builders.people import an_open_account
from tests.builders.programmes import a_programme

AIKEN = """\
What is 学时?
A. a unit
B. a fee
ANSWER: A
"""


@pytest.fixture
def run(app, tmp_path):
    def command(kind, content, *more, user="caiwu", name="list.csv"):
        file = tmp_path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        db.session.rollback()
        args = ["import", kind, str(file), "--user", user, *more]
        return Context().run(app.test_cli_runner().invoke, args=args)

    return command


def counted(model):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def test_a_list_is_looked_at_then_taken_and_a_second_time_changes_nothing(run):
    a_price_list()
    an_account("caiwu", Role.FINANCE)
    good, other = a_fee(), a_fee("b", "A2701-0002")
    content = (f"缴费单号,缴费方式,交易号,金额,缴费时间\n{good},微信,W1,480,2026-11-21 10:00\n"
               f"F999999,微信,W2,480,2026-11-21\n{other},微信,W3,=1+1,2026-11-21\n")
    looked = run("payments", content, "--dry-run", "--json")
    assert looked.exit_code == 1
    answer = json.loads(looked.output)
    assert (answer["rows"], answer["accepted"]) == (3, 1)
    assert [(one["row"], one["column"], one["code"]) for one in answer["refused"]] == [
        (3, "缴费单号", "fee_unknown"), (4, "金额", "cell_wrong")]
    assert answer["refused"][0]["message"] == "There is no fee with this number."
    assert (counted(Payment), counted(StagedImport)) == (0, 0)

    taken = run("payments", content, "--language", "zh")
    assert taken.exit_code == 1
    assert "row 3 缴费单号: 没有这个缴费单号" in taken.output
    assert "3 rows: 1 taken, 2 refusals." in taken.output
    assert counted(Payment) == 1
    by = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "fees.import_payments")).one()
    assert by.actor_id is not None

    again = json.loads(run("payments", content, "--json").output)
    assert (again["accepted"], again["refused"][-1]["code"], again["refused"][-1]["row"]) == (0, "file_known", 0)
    assert counted(Payment) == 1


def test_questions_come_in_as_drafts_in_the_format_of_the_file(run):
    with transaction() as session:
        a_programme(session)
    the_courses()
    an_open_account(Role.TRAINER, username="jiangshi")
    answer = run("questions", AIKEN, "--about", "G1-M1", "--json", user="jiangshi", name="bank.aiken")
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.output) == {"rows": 1, "accepted": 1, "refused": []}
    db.session.rollback()
    latest = select(BankQuestion).order_by(BankQuestion.id.desc())
    assert db.session.scalars(latest.limit(1)).one().state == "draft"


@pytest.mark.parametrize(("kind", "more", "user", "says"), [
    ("payments", (), "nobody", "nobody who may sign in"), ("marks", (), "caiwu", "window"),
    ("payments", ("--format", "gift"), "caiwu", "sheet"), ("marks", ("--about", "209901"), "caiwu", "permission"),
    ("absent", ("--about", "NONE"), "caiwu", "permission"),
])
def test_what_cannot_even_begin_says_why(run, kind, more, user, says):
    an_account("caiwu", Role.FINANCE)
    answer = run(kind, "准考证号,科目,成绩\nT1,理论,80\n", *more, user=user)
    assert answer.exit_code != 0
    assert says in answer.output


def test_every_kind_refuses_nonsense_and_whoever_may_not(run):
    """All kinds at once: bytes that are no list, by somebody with every role and by somebody with none of them."""
    an_account("everything", *[role for role in Role if role != Role.LEARNER])
    an_account("advises", Role.ADVISER)
    for kind in IMPORTS:
        for user, name in (("everything", "x.bin"), ("advises", "y.bin")):
            if kind in {"cohorts", "learners"} and user == "advises":
                continue
            answer = run(kind, b"\x00\xff\xfe\x9d nonsense", "--about", "202701", "--json", user=user, name=name)
            assert answer.exit_code == 1, (kind, user, answer.output)
            assert json.loads(answer.output)["refused"], (kind, user)
    assert counted(StagedImport) == 0
