"""What hours do when something has happened: issue what waited for an identity, print what was issued, ask the
fee back of whoever leaves."""

from datetime import UTC, date, datetime

from flask import current_app

from enroll.documents.papers import CourseHours, ProofOfHours, as_both
from enroll.enrolments.lifecycle import EnrolmentState
from enroll.foundation.words import Bilingual
from enroll.hours.models import HoursProof
from enroll.hours.queries.proofs import proof_by_reference
from enroll.hours.services.leaving import give_training_fee_back
from enroll.hours.services.proofs import issue_waiting_proofs, keep_documents
from enroll.learners.rules.numbers import id_type_as_printed
from enroll.storage.database import db, let_go
from enroll.storage.files import StoredFile, keep_file
from enroll.storage.outbox import Happened
from enroll.web.addresses import verification_address

SHARES = (Bilingual("知识", "Knowledge"), Bilingual("实践", "Practice"))
SECTIONS = {"general": "通用部分", "direction": "专业方向"}


def issue_what_waited(happened: Happened, now: datetime) -> None:
    """On IdentityVerified."""
    issue_waiting_proofs(happened.event.learner_id, now=now)


def give_fee_back(happened: Happened, now: datetime) -> None:
    """On EnrolmentMoved: whoever leaves gets back what the rules of their enrolment say."""
    if happened.event.state == EnrolmentState.WITHDRAWN:
        give_training_fee_back(happened.event.reference, left_at=happened.at, now=now)


def print_proof(happened: Happened, now: datetime) -> None:
    """On ProofIssued: render the document once, outside any transaction, and keep it. A second run changes nothing."""
    proof = proof_by_reference(db.session(), happened.event.reference)
    if proof is None or proof.file_id is not None:
        return
    paper, issued_at, reference = paper_of(proof), proof.issued_at.astimezone(UTC), proof.reference
    let_go(db.session())
    pdf, image = as_both(paper, dated=issued_at)
    keep_documents(reference, _kept(pdf, f"{reference}.pdf", "application/pdf", now),
                   _kept(image, f"{reference}.png", "image/png", now))


def paper_of(proof: HoursProof) -> ProofOfHours:
    """The document of a proof, from the facts frozen when it was issued and nothing else."""
    facts = proof.facts
    return ProofOfHours(
        number=proof.reference, name=facts["name"], document_number=facts["id_number_mask"],
        document_type=id_type_as_printed(facts["id_type"]),
        partner_name=facts["partner_name"], partner_code=facts["partner_code"],
        verify_url=verification_address(proof.token), demo=bool(current_app.config["DEMO"]),
        programme=Bilingual(facts["programme_zh"], facts["programme_en"]),
        studied_from=date.fromisoformat(facts["studied_from"]),
        studied_until=date.fromisoformat(facts["studied_until"]), issued_on=date.fromisoformat(facts["issued_on"]),
        hour_unit_minutes=facts["unit"], required_hours=facts["required_hours"], shares=SHARES,
        courses=tuple(
            CourseHours(course["code"], course["title"], SECTIONS.get(course["section"], course["section"]),
                        (course["knowledge"], course["practice"]))
            for course in facts["courses"]
        ),
        total_minutes=proof.minutes, digest=proof.ledger_digest,
    )


def _kept(content: bytes, name: str, media_type: str, now: datetime) -> StoredFile:
    return keep_file(content, name=name, media_type=media_type, purpose="hours_proof", now=now, sealed=True)
