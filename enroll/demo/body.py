"""The issuing body of this demo: answers a batch as the real one would, with a spreadsheet to import.

The numbers follow the data's own invented pattern; the real ones come from the real body.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.documents.sheets import Column, write_xlsx
from enroll.exchange.lifecycle import BatchState
from enroll.exchange.models import Batch, BatchRow
from enroll.exchange.rules.batches import BatchKind
from enroll.exchange.services.replies import COLUMNS
from enroll.foundation.problems import NotFound
from enroll.learners.models import Learner

WEIGHTS = (2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # ISO/IEC 7064 MOD 11-2 over window and sequence, as the data says
PARTNER = "TX01"
FIRST_FREE = 100  # the data's own certificates stand below


@dataclass(frozen=True)
class OpenReply:
    reference: str


def open_replies(session: Session) -> list[OpenReply]:
    """Batches that were sent and wait for an answer about somebody."""
    waiting = select(Batch.reference).where(Batch.state.in_([BatchState.SENT, BatchState.ACKNOWLEDGED]),
                                            Batch.rows.any(BatchRow.answered_at.is_(None)))
    return [OpenReply(reference) for reference in session.scalars(waiting.order_by(Batch.id))]


def reply_to(session: Session, reference: str, numbers: dict[str, str] | None = None) -> tuple[str, bytes]:
    """File name and content of the answer to one batch. `numbers` gives certificate numbers by learner's name."""
    batch = session.scalar(select(Batch).where(Batch.reference == reference))
    if batch is None or batch.state == BatchState.DRAFT:
        raise NotFound(reference)
    kind = BatchKind(batch.kind)
    rows = [_row(session, kind, batch, row, numbers or {}) for row in batch.rows]
    titles = [Column(one.titles[0], 24) for one in COLUMNS[kind]]
    return f"reply-{reference}.xlsx", write_xlsx(titles, rows, sheet_title="回执")


def _row(session: Session, kind: BatchKind, batch: Batch, row: BatchRow, numbers: dict[str, str]) -> Sequence[str]:
    learner = session.get_one(Learner, row.learner_id)
    said = {
        "reference": row.subject,
        "name": learner.legal_name,
        "tail": _tail(learner.id_number_mask),
        "result": "通过",
        "note": "",
        "valid_until": "",
    }
    window = batch.window.code
    if kind is BatchKind.REGISTRATION:
        digest = hashlib.sha256(row.subject.encode()).hexdigest()
        said |= {"ticket_no": f"{window}{PARTNER}{row.learner_id:05d}", "exam_account": f"caip{row.learner_id:05d}",
                 "exam_secret": digest[:8], "exam_link": f"https://exam.example.org/{window}"}
    else:
        said |= {"certificate_no": numbers.get(learner.legal_name) or certificate_no(window, FIRST_FREE + row.id),
                 "issued_on": batch.window.certificate_expected_on.isoformat()}
    return [said.get(one.key, "") for one in COLUMNS[kind]]


def _tail(mask: str) -> str:
    """The last four of the document, where the mask shows them; a short number shows fewer."""
    return "" if "*" in mask[-4:] else mask[-4:]


def certificate_no(window: str, sequence: int) -> str:
    """CAIP-202609-TX01-00001-5, the data's invented pattern with its check digit."""
    digits = f"{window}{sequence:05d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
    return f"CAIP-{window}-{PARTNER}-{sequence:05d}-{'10X98765432'[total % 11]}"
