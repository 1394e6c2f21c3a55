"""Rows of lists of before: read as what they mean, or every reason why not."""

from datetime import date

import pytest

from enroll.handovers.rules.reading import (
    CertificateRow,
    HoursRow,
    LearnerRow,
    PartRow,
    read_certificate,
    read_cohort,
    read_hours,
    read_learner,
    read_part,
)

TODAY = date(2026, 11, 22)
LEARNER = {"name": "古丽米热•艾比布力", "contact": "138 0013 8000", "birth_date": "1996/5/4", "cohort": "c2511",
           "direction": "d1", "employer": "", "payer": "", "language": ""}
WHOSE = {"learner": "l000012", "name": "陈静"}
HOURS = {**WHOSE, "course": "g1", "kind": "知识", "minutes": "225", "from": "2026-03-01", "until": "2026-05-31",
         "source": "第12页"}
PART = {**WHOSE, "programme": "caip", "part": "理论", "window": "202609期", "kept_until": "202703", "source": "通知"}
CERTIFICATE = {**WHOSE, "programme": "CAIP", "number": "caip-202509-tx01-00000-0", "issued_on": "2025-11-10",
               "valid_until": "", "source": "扫描件"}


def columns(read: object) -> list[str]:
    return [fault.column for fault in read] if isinstance(read, list) else []


def test_whole_rows_are_read_in_the_spelling_that_is_kept():
    learner = read_learner(2, LEARNER, TODAY)
    assert isinstance(learner, LearnerRow)
    assert (learner.name, learner.contact.key, learner.cohort, learner.direction, str(learner.payer)) == (
        "古丽米热·艾比布力", "+8613800138000", "C2511", "D1", "learner")
    hours = read_hours(3, HOURS, TODAY)
    assert isinstance(hours, HoursRow)
    assert (hours.whose.key, hours.course, hours.kind, hours.minutes) == ("L000012", "G1", "knowledge", 225)
    part = read_part(4, PART, TODAY)
    assert isinstance(part, PartRow)
    assert (part.programme, part.part, part.window) == ("CAIP", "theory", "202609")
    certificate = read_certificate(5, CERTIFICATE, TODAY)
    assert isinstance(certificate, CertificateRow)
    assert (certificate.certificate_no, certificate.valid_until) == ("CAIP-202509-TX01-00000-0", None)


@pytest.mark.parametrize(("read", "row", "changes", "wrong"), [
    (read_learner, LEARNER, {"name": "", "contact": "nobody", "birth_date": "2026-13-01"},
     ["name", "contact", "birth_date"]),
    (read_learner, LEARNER, {"birth_date": "2020-01-01", "payer": "the state", "language": "fr"},
     ["birth_date", "payer", "language"]),
    (read_hours, HOURS, {"minutes": "０", "kind": "talk", "source": ""}, ["kind", "minutes", "source"]),
    *[(read_hours, HOURS, {"minutes": minutes}, ["minutes"])
      for minutes in ("-5", "0", "0.5", "NaN", "Infinity", "1e400", "３５", "35h", "", "6001", "9" * 5000, "=1+1")],
    (read_hours, HOURS, {"from": "2026-05-01", "until": "2026-04-01"}, ["until"]),
    (read_hours, HOURS, {"until": "2027-01-01"}, ["until"]),
    (read_part, PART, {"window": "202613", "part": "oral"}, ["part", "window"]),
    (read_part, PART, {"kept_until": "202609"}, ["kept_until"]),
    (read_part, PART, {"window": "202701", "kept_until": "202703"}, ["window"]),
    (read_certificate, CERTIFICATE, {"valid_until": "2025-11-09"}, ["valid_until"]),
    (read_certificate, CERTIFICATE, {"number": "", "issued_on": "soon", "learner": "", "name": ""},
     ["learner", "name", "issued_on", "number"]),
    (read_cohort, {"code": "班", "name_zh": "", "name_en": "", "programme": "CAIP", "adviser": "", "source": "moon"},
     {}, ["code", "name_zh", "source"]),
])
def test_every_wrong_cell_is_named_at_once(read, row, changes, wrong):
    assert sorted(columns(read(2, row | changes, TODAY))) == sorted(wrong)
