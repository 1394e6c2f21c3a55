"""Batches to the issuing body and its replies, one act at a time."""

import io
import zipfile

import pytest
from sqlalchemy import select

from enroll.admission.models import ExamAccess, Ticket
from enroll.exchange.models import Batch, BatchRow
from enroll.exchange.rules.batches import BatchKind
from enroll.exchange.services.batches import (
    freeze,
    freeze_batch,
    make_batch,
    prepare,
    reconcile_batch,
    send_batch,
)
from enroll.exchange.services.replies import abandon_reply, apply_reply, blank_reply, check_reply
from enroll.foundation.problems import Refused, Stale
from enroll.learners.models import Learner
from enroll.sittings.rules import BookingFacts
from enroll.sittings.services.seats import carrying_out, move_booking
from enroll.storage import outbox
from enroll.storage.database import db, transaction
from enroll.storage.files import read_file
from enroll.storage.imports import StagedImport
from tests.builders.admission import booking
from tests.builders.exchange import (
    HEADER,
    a_liaison,
    a_reply,
    a_sent_batch,
    cells,
    kinds_of_cells,
    people_registered,
)
from tests.builders.programmes import an_organisation
from tests.conftest import NOON

KIND = BatchKind.REGISTRATION


def the_batch(reference):
    db.session.rollback()
    return db.session.scalars(select(Batch).where(Batch.reference == reference)).one()


def rows():
    db.session.rollback()
    return db.session.scalars(select(BatchRow).order_by(BatchRow.id)).all()


def checked(by, *lines, header=HEADER, **more):
    return check_reply(KIND, a_reply(*lines, header=header), file_name="reply.xlsx", by=by, now=NOON, **more)


def refusals(staged):
    return [(one["row"], one["column"], one["code"]) for one in staged.refused]


def test_a_roster_keeps_every_number_as_text_and_holds_no_formula(app):
    people_registered("=1+1", "@SUM(A1)", "古丽米热·艾比布力")
    by = a_liaison()
    reference = make_batch(KIND, "202701", by=by, now=NOON)
    freeze_batch(reference, by=by, now=NOON)
    batch = the_batch(reference)
    table = cells(read_file(batch.sheet))
    number = table[0].index("证件号码")
    assert len(table) == 7
    assert all(isinstance(row[number], str) and len(row[number]) == 18 and row[number].endswith("X")
               for row in table[1:])
    assert {row[table[0].index("姓名")] for row in table[1:]} == {"=1+1", "@SUM(A1)", "古丽米热·艾比布力"}
    assert kinds_of_cells(read_file(batch.sheet)) == {"s"}
    photos = zipfile.ZipFile(io.BytesIO(read_file(batch.photos))).namelist()
    assert photos == [f"{row[0]}.jpg" for row in table[1:]]


def test_the_document_number_is_sealed_in_the_database(app, database):
    people_registered("张伟")
    make_batch(KIND, "202701", by=a_liaison(), now=NOON)
    raw = db.session.connection().exec_driver_sql("SELECT content FROM batch_row").scalars().all()
    assert raw
    assert all("张伟" not in one and "证件号码" not in one for one in raw)


def test_nobody_is_reported_twice_until_sent_back(app):
    (_first, _), (_other, _) = people_registered("张伟", "李娜")
    by = a_liaison()
    a_sent_batch(by)
    with pytest.raises(Refused, match="nobody_waits"):
        make_batch(KIND, "202701", by=by, now=NOON)
    lines = [[one.subject, "", "", "", "acc" + one.subject, "", "", "", ""] for one in rows()]
    for line, person in zip(lines, ("张伟", "张伟", "李娜", "李娜"), strict=True):
        line[1] = person
    lines[2] = [lines[2][0], "李娜", "", "", "", "", "", "退回", "照片不清晰"]
    assert apply_reply(checked(by, *lines).token, by=by, now=NOON) == 4
    assert [one.row_state for one in rows()] == ["accepted", "accepted", "rejected", "accepted"]
    again = make_batch(KIND, "202701", by=by, now=NOON)
    assert [row.subject for row in the_batch(again).rows] == [lines[2][0]]


def test_a_frozen_batch_keeps_what_was_told_and_a_change_before_it_is_stale(app):
    (_first, _), = people_registered("张伟")
    by = a_liaison()
    reference = make_batch(KIND, "202701", by=by, now=NOON)
    files = prepare(reference, now=NOON)
    with transaction() as session:
        session.scalars(select(Learner)).first().legal_name = "张维"
    with pytest.raises(Stale):
        freeze(reference, files, by=by, now=NOON)
    freeze_batch(reference, by=by, now=NOON)
    with transaction() as session:
        session.scalars(select(Learner)).first().legal_name = "张未"
    assert "张维" in rows()[0].content
    with pytest.raises(Refused, match="wrong_state"):
        freeze_batch(reference, by=by, now=NOON)


def test_whoever_cancels_leaves_the_draft(app):
    (first, second), = people_registered("张伟")
    by = a_liaison()
    reference = make_batch(KIND, "202701", by=by, now=NOON)
    facts = BookingFacts(learner_account_id=0, now=NOON)
    move_booking(first, "cancel", facts=facts, by=carrying_out(by), now=NOON)
    freeze_batch(reference, by=by, now=NOON)
    assert [row.subject for row in the_batch(reference).rows] == [second]


def test_a_reply_gives_accounts_seals_the_password_and_confirms(app):
    with transaction() as session:
        an_organisation(session)
    (theory, _practical), = people_registered("张伟")
    by = a_liaison()
    reference = a_sent_batch(by)
    subject = booking(theory).subject
    staged = checked(by, [subject, "张伟", "", "110127010001", "wu001", "s3cret!", "https://exam.example.org/x"],
                     batch=reference)
    assert staged.refused == []
    assert "s3cret!" not in str(staged.accepted)
    assert staged.accepted[0]["secret"] is True
    assert db.session.scalars(select(ExamAccess)).all() == [], "checking changes nothing"
    assert apply_reply(staged.token, by=by, now=NOON) == 2
    access = {one.part: one for one in db.session.scalars(select(ExamAccess))}
    assert access["theory"].exam_secret == access["practical"].exam_secret == "s3cret!"
    raw = db.session.connection().exec_driver_sql("SELECT exam_secret FROM exam_access").scalars().all()
    assert all("s3cret" not in one for one in raw)
    assert "s3cret!" not in str([one.reply for one in rows()])
    outbox.deliver(NOON, slow=False)
    assert [one.kind for one in db.session.scalars(select(Ticket))] == ["confirmation"]
    assert the_batch(reference).state == "acknowledged"
    reconcile_batch(reference, by=by, now=NOON)
    assert the_batch(reference).state == "reconciled"


def test_the_same_file_again_changes_nothing(app):
    (theory, _practical), = people_registered("张伟")
    by = a_liaison()
    a_sent_batch(by)
    content = a_reply([theory, "张伟", "", "", "wu001"])
    first = check_reply(KIND, content, file_name="a.xlsx", by=by, now=NOON)
    other = check_reply(KIND, content, file_name="b.xlsx", by=by, now=NOON)
    assert apply_reply(first.token, by=by, now=NOON) == 1
    assert apply_reply(first.token, by=by, now=NOON) == 0
    assert apply_reply(other.token, by=by, now=NOON) == 0
    assert check_reply(KIND, content, file_name="c.xlsx", by=by, now=NOON).token == first.token


def test_each_wrong_row_is_refused_with_row_and_column_and_nothing_is_applied(app):
    people = people_registered("张伟", "李娜", "王芳", "赵敏")
    by = a_liaison()
    a_sent_batch(by)
    one, two, three, four = [pair[0] for pair in people]
    staged = checked(
        by,
        [one, "张伟", "", "110127010001", "wu001"],
        [one, "张伟", "", "", "wu009"],
        ["B2701-9999", "无名"],
        [two, "王芳"],
        [three, "", ""],
        [four, "赵敏", "", "110127010001", "wu001", "", "http://exam.example.org/"],
        [people[1][1], "李娜", "", "", "", "", "", "也许"],
        [people[2][1], "王芳", "", "", "", "", "", "退回"],
        [people[3][1], "赵敏", "999X"],
        ["", "赵敏"],
        [people[0][1], "张伟", "", "a b"],
    )
    assert refusals(staged) == [
        (3, "报名号/考位号", "twice"),
        (4, "报名号/考位号", "row_unknown"),
        (5, "报名号/考位号", "stranger"),
        (6, "报名号/考位号", "nobody_named"),
        (7, "考试链接", "link_wrong"),
        (7, "准考证号", "twice"),
        (7, "考试账号", "twice"),
        (8, "结果", "result_unknown"),
        (9, "说明", "reason_missing"),
        (10, "报名号/考位号", "stranger"),
        (11, "报名号/考位号", "reference_missing"),
        (12, "准考证号", "ticket_no_wrong"),
    ]
    with pytest.raises(Refused, match="rows_refused"):
        apply_reply(staged.token, by=by, now=NOON)
    assert {row.row_state for row in rows()} == {"queued"}
    assert db.session.scalars(select(ExamAccess)).all() == []


def test_a_file_that_is_no_reply_is_refused_as_a_whole(app):
    by = a_liaison()
    for content, code in (
        (b"", "no_rows"), (b"PK\x03\x04 not a workbook", "not_a_workbook"),
        (a_reply(["x"], header=["姓名"]), "missing_columns"), (a_reply(header=HEADER), "no_rows"),
    ):
        with pytest.raises(Refused) as refused:
            check_reply(KIND, content, file_name="x.xlsx", by=by, now=NOON)
        assert (refused.value.problems[0].field, refused.value.codes) == ("file", {code})
        assert db.session.scalars(select(StagedImport)).all() == [], code
        db.session.rollback()


def test_the_end_of_the_document_is_compared_without_case(app):
    (theory, _), = people_registered("张伟")
    by = a_liaison()
    a_sent_batch(by)
    tail = booking(theory).learner.id_number_mask[-4:].lower()
    assert refusals(checked(by, [theory, "", tail, "", "wu001"])) == []


def test_what_was_answered_is_not_answered_again(app):
    (theory, _), = people_registered("张伟")
    by = a_liaison()
    a_sent_batch(by)
    apply_reply(checked(by, [theory, "张伟", "", "", "wu001"]).token, by=by, now=NOON)
    assert refusals(checked(by, [theory, "张伟", "", "", "wu002"])) == [(2, "报名号/考位号", "row_answered")]


def test_what_changed_between_the_preview_and_the_press_refuses_the_whole_file(app):
    (theory, practical), = people_registered("张伟")
    by = a_liaison()
    a_sent_batch(by)
    both = checked(by, [theory, "张伟", "", "", "wu001"], [practical, "张伟", "", "", "wu001"])
    apply_reply(checked(by, [theory, "张伟", "", "", "wu007"]).token, by=by, now=NOON)
    with pytest.raises(Refused, match="rows_refused"):
        apply_reply(both.token, by=by, now=NOON)
    assert [row.row_state for row in rows()] == ["accepted", "queued"]


def test_a_given_up_file_is_not_applied_and_an_applied_one_not_given_up(app):
    (theory, practical), = people_registered("张伟")
    by = a_liaison()
    a_sent_batch(by)
    given_up = checked(by, [theory, "张伟", "", "", "wu001"])
    abandon_reply(given_up.token, by=by, now=NOON)
    with pytest.raises(Refused, match="abandoned"):
        apply_reply(given_up.token, by=by, now=NOON)
    applied = checked(by, [practical, "张伟", "", "", "wu001"])
    apply_reply(applied.token, by=by, now=NOON)
    with pytest.raises(Refused, match="applied_already"):
        abandon_reply(applied.token, by=by, now=NOON)


def test_a_batch_is_closed_only_when_every_row_is_answered(app):
    people_registered("张伟")
    by = a_liaison()
    reference = a_sent_batch(by)
    with pytest.raises(Refused, match="rows_unanswered"):
        reconcile_batch(reference, by=by, now=NOON)
    with pytest.raises(Refused, match="wrong_state"):
        send_batch(reference, by=by, now=NOON)


def test_nobody_freezes_or_answers_for_themselves(app):
    (theory, _), = people_registered("张伟")
    liaison = a_liaison()
    own = booking(theory).learner.account.actor_at(NOON)
    own = type(own)(own.account_id, own.name, own.permissions | {"exchange:run"})
    reference = make_batch(KIND, "202701", by=own, now=NOON)
    with pytest.raises(Refused, match="own_record"):
        freeze_batch(reference, by=own, now=NOON)
    freeze_batch(reference, by=liaison, now=NOON)
    send_batch(reference, by=liaison, now=NOON)
    assert refusals(checked(own, [theory, "张伟", "", "", "wu001"]))[0][2] == "own_record"


def test_nobody_without_the_permission_makes_or_reads_one(app):
    people_registered("张伟")
    stranger = type(a_liaison())(None, "nobody")
    for act in (lambda: make_batch(KIND, "202701", by=stranger, now=NOON),
                lambda: checked(stranger, ["B2701-0001", "张伟"])):
        with pytest.raises(Refused, match="not_permitted"):
            act()


def test_the_blank_reply_is_read_by_the_import(app):
    assert cells(blank_reply(KIND))[0] == HEADER[:1] + HEADER[1:]
