"""What happens by itself: a pass opens a case; a recorded number is followed by its document, made once."""

from datetime import UTC, date, datetime

from flask import current_app

from enroll.admission.lifecycle import OPEN_INCIDENTS
from enroll.certificates.models import Certificate
from enroll.certificates.queries.cases import case_by_reference, matter_is_open
from enroll.certificates.services.cases import follow_outcome
from enroll.certificates.services.matters import close_matter, raise_matter
from enroll.certificates.services.numbers import PARTNER_RECORD, keep_document
from enroll.documents.papers import CertificateRecord, PartOutcome, as_both
from enroll.foundation.actor import SYSTEM
from enroll.foundation.words import Bilingual
from enroll.learners.rules.numbers import id_type_as_printed
from enroll.storage.database import db, let_go
from enroll.storage.files import StoredFile, keep_file
from enroll.storage.outbox import Happened
from enroll.web.addresses import verification_address

PARTS = {"theory": Bilingual("理论考试", "Theory exam"), "practical": Bilingual("实践考核", "Practical assessment")}
PASS = Bilingual("合格", "Pass")  # of every part: that is what a certificate rests on


def follow_incident(happened: Happened, now: datetime) -> None:
    """On IncidentMoved: a certificate waits for an incident that is not decided, or appealed. Run twice, it is one."""
    event, waits = happened.event, happened.event.state in OPEN_INCIDENTS
    there = matter_is_open(db.session(), "incident", event.reference)
    let_go(db.session())
    if waits and not there:
        raise_matter(event.learner_id, "incident", event.reference, by=SYSTEM, now=now)
    elif there and not waits:
        close_matter("incident", event.reference, by=SYSTEM, now=now, words=event.state)


def open_case(happened: Happened, now: datetime) -> None:
    """On OutcomePublished. A second run finds the case there already."""
    follow_outcome(happened.event.outcome_id, now=now)


def print_record(happened: Happened, now: datetime) -> None:
    """On CertificateRecorded: print our record from the frozen facts, outside any transaction, and keep it. Where the
    body sent its own file, nothing is printed. A second run changes nothing."""
    case = case_by_reference(db.session(), happened.event.reference)
    if case is None or case.document_kind != PARTNER_RECORD or case.image_id is not None:
        return
    paper, dated, reference = paper_of(case), (case.recorded_at or now).astimezone(UTC), case.reference
    let_go(db.session())
    pdf, image = as_both(paper, dated=dated)
    keep_document(reference, _kept(pdf, f"{reference}.pdf", "application/pdf", now),
                  _kept(image, f"{reference}.png", "image/png", now))


def paper_of(case: Certificate) -> CertificateRecord:
    """The record of a certificate, from the facts frozen with its number and nothing else."""
    facts = case.facts
    assert case.number is not None, "a recorded certificate has the body's number"
    assert case.issued_on is not None, "and the day it was issued"
    return CertificateRecord(
        reference=case.reference, number=case.number, name=facts["name"],
        document_type=id_type_as_printed(facts["id_type"]),
        document_number=facts["id_number_mask"], partner_name=facts["partner_name"], partner_code=facts["partner_code"],
        verify_url=verification_address(case.token), demo=bool(current_app.config["DEMO"]),
        programme=Bilingual(facts["programme_zh"], facts["programme_en"]),
        direction=Bilingual(facts["direction_zh"], facts["direction_en"]), issuing_bodies=tuple(facts["issuers"]),
        issued_on=case.issued_on, recorded_on=date.fromisoformat(facts["recorded_on"]), valid_until=case.valid_until,
        lookup_url=facts["lookup_url"], parts=tuple(
            PartOutcome(PARTS[one["part"]], f"{one['window']}期", PASS) for one in facts["parts"]
        ),
    )


def _kept(content: bytes, name: str, media_type: str, now: datetime) -> StoredFile:
    return keep_file(content, name=name, media_type=media_type, purpose="certificate", now=now, sealed=True)
