"""Certificates to the issuing body, and its numbers back."""

import io
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select

from enroll.certificates.models import Certificate
from enroll.certificates.services.cases import approve_first, approve_second, follow_outcome, hold
from enroll.documents.papers import as_pdf
from enroll.exchange.models import Batch, BatchRow
from enroll.exchange.rules.batches import BatchKind
from enroll.exchange.services.batches import freeze_batch, make_batch, reconcile_batch, send_batch, thaw_batch
from enroll.exchange.services.replies import apply_reply, check_reply
from enroll.foundation.problems import Refused
from enroll.learners.models import Learner
from enroll.results.models import Outcome
from enroll.storage.database import db, transaction
from enroll.storage.files import read_file
from tests.builders.award import PUBLISHING, House, a_candidate, acting, an_exam, enrolment_of, published
from tests.builders.exchange import NUMBERS, a_reply, cells
from tests.builders.papers import a_proof
from tests.builders.study import credited

KIND = BatchKind.ISSUANCE
LATER = PUBLISHING + timedelta(days=30)
NUMBER = "CAIP-202609-TX01-00001-5"


def approved(*names):
    """People who passed, and whose certificates two reviewers approved; gives the house and the references."""
    house, window = House(), an_exam()
    people = [a_candidate(f"p{place}", window, legal_name=name) for place, name in enumerate(names)]
    for place, person in enumerate(people):
        credited(enrolment_of(person), 1575)
        with transaction() as session:
            row = session.get_one(Learner, person.id)
            row.id_number = f"1101011990010110{place}X"
    published(window, house, {person: {"theory": 80, "practical": 90} for person in people})
    references = []
    for outcome_id in db.session.scalars(select(Outcome.id).order_by(Outcome.learner_id)).all():
        reference = follow_outcome(outcome_id, now=PUBLISHING)
        approve_first(reference, by=acting(house.first, PUBLISHING), now=PUBLISHING)
        approve_second(reference, by=acting(house.second, PUBLISHING), now=PUBLISHING)
        references.append(reference)
    return house, acting(house.liaison, PUBLISHING), references


def sent(by):
    reference = make_batch(KIND, "202609", by=by, now=PUBLISHING)
    freeze_batch(reference, by=by, now=PUBLISHING)
    send_batch(reference, by=by, now=PUBLISHING)
    return reference


def the(reference):
    db.session.rollback()
    return db.session.scalars(select(Certificate).where(Certificate.reference == reference)).one()


def checked(by, *rows, now=LATER, **more):
    return check_reply(KIND, a_reply(*rows, header=NUMBERS), file_name="numbers.xlsx", by=by, now=now, **more)


def a_body_file():
    return as_pdf(a_proof(), dated=PUBLISHING)


def archive(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()


def test_approved_certificates_are_reported_numbered_and_returned_row_by_row(app):
    _, by, (one, two) = approved("张伟", "李娜")
    batch = sent(by)
    assert {the(one).state, the(two).state} == {"reported"}
    sheet = cells(read_file(db.session.scalars(select(Batch)).one().sheet))
    assert [row[sheet[0].index("证件号码")] for row in sheet[1:]] == ["11010119900101100X", "11010119900101101X"]
    staged = checked(by, [one, "张伟", "100x", NUMBER, "2026-11-02"], [two, "李娜", "", "", "", "退回", "照片不合规"],
                     batch=batch)
    assert staged.refused == []
    assert apply_reply(staged.token, by=by, now=LATER) == 2
    assert (the(one).state, the(one).number, str(the(one).issued_on)) == ("issued", NUMBER, "2026-11-02")
    assert the(two).state == "body_rejected"
    reconcile_batch(batch, by=by, now=LATER)
    again = make_batch(KIND, "202609", by=by, now=LATER)
    rows = db.session.scalars(select(BatchRow).join(Batch, Batch.id == BatchRow.batch_id).where(
        Batch.reference == again))
    assert [row.subject for row in rows] == [two], "only what came back is reported again"


def test_the_bodys_own_file_is_taken_over_byte_for_byte(app):
    _, by, (one,) = approved("张伟")
    sent(by)
    pdf = a_body_file()
    staged = checked(by, [one, "张伟", "", NUMBER, "2026-11-02"], documents=archive(**{f"{NUMBER}.pdf": pdf}))
    apply_reply(staged.token, by=by, now=LATER)
    assert (the(one).document_kind, read_file(the(one).file)) == ("body_file", pdf)


def test_a_file_in_the_archive_that_is_no_plain_pdf_refuses_it(app):
    _, by, (one,) = approved("张伟")
    sent(by)
    for name, content in (("x.pdf", b"not a pdf"), ("x.exe", b"MZ"), ("x.pdf", b"%PDF-1.4 /JavaScript (app.alert(1))")):
        with pytest.raises(Refused):
            checked(by, [one, "张伟", "", NUMBER, "2026-11-02"], documents=archive(**{name: content}))


def test_a_file_without_a_row_and_an_archive_that_is_none_are_refused(app):
    _, by, (one,) = approved("张伟")
    sent(by)
    staged = checked(by, [one, "张伟", "", NUMBER, "2026-11-02"], documents=archive(**{"OTHER-1.pdf": a_body_file()}))
    assert [fault["code"] for fault in staged.refused] == ["document_unknown"]
    with pytest.raises(Refused, match="archive_damaged"):
        checked(by, [one, "张伟", "", NUMBER, "2026-11-02"], documents=b"PK nothing")


def test_every_wrong_row_is_named_before_anything_is_recorded(app):
    _, by, (one, two) = approved("张伟", "李娜")
    sent(by)
    staged = checked(by, [one, "张伟", "", "", "2026-11-02"], [two, "李娜", "", NUMBER, "02.11.2026"],
                     [two, "李娜", "", NUMBER, "2026-01-01"], ["C9999-0001", "无名", "", "X-0001", "2026-11-02"])
    assert [(fault["row"], fault["column"], fault["code"]) for fault in staged.refused] == [
        (2, "证书编号", "certificate_no_wrong"), (3, "发证日期", "day_wrong"), (4, "证书申请号", "twice"),
        (5, "证书申请号", "row_unknown")]
    early = checked(by, [two, "李娜", "", NUMBER, "2026-01-01"])
    assert [(fault["column"], fault["code"]) for fault in early.refused] == [("发证日期", "issued_on_wrong")]
    assert {the(one).state, the(two).state} == {"reported"}


def test_a_number_that_somebody_has_is_refused_in_the_preview(app):
    _, by, (one, two) = approved("张伟", "李娜")
    sent(by)
    apply_reply(checked(by, [one, "张伟", "", NUMBER, "2026-11-02"]).token, by=by, now=LATER)
    staged = checked(by, [two, "李娜", "", NUMBER, "2026-11-02"])
    assert [(fault["column"], fault["code"]) for fault in staged.refused] == [("证书编号", "number_taken")]


def test_whoever_is_put_on_hold_after_freezing_keeps_the_batch_at_home(app):
    house, by, (one, two) = approved("张伟", "李娜")
    batch = make_batch(KIND, "202609", by=by, now=PUBLISHING)
    freeze_batch(batch, by=by, now=PUBLISHING)
    hold(two, by=acting(house.first, PUBLISHING), now=PUBLISHING, reason="name to be checked")
    with pytest.raises(Refused) as refused:
        send_batch(batch, by=by, now=PUBLISHING)
    assert two in str(refused.value.problems[0].words.values)
    assert the(one).state == "approved", "all of them or none"
    with pytest.raises(Refused, match="reason_missing"):
        thaw_batch(batch, by=by, now=PUBLISHING, reason="")
    thaw_batch(batch, by=by, now=PUBLISHING, reason="one is on hold")
    freeze_batch(batch, by=by, now=PUBLISHING)
    send_batch(batch, by=by, now=PUBLISHING)
    assert (the(one).state, the(two).state) == ("reported", "on_hold")
