"""What people hand in as evidence: a picture, written anew without where it was taken, or a PDF that only reads."""

from datetime import datetime

from enroll.documents.images import ImageLimits, accept_document
from enroll.documents.pdf_files import check_pdf
from enroll.documents.refusals import UnacceptableImage, UnacceptablePdf
from enroll.foundation.problems import Refused
from enroll.storage.files import StoredFile, keep_file

LARGEST = 10 * 1024 * 1024
LONGEST_SIDE = 2000


def keep_evidence(
    content: bytes, name: str, *, purpose: str, owner_id: int | None, now: datetime, field: str = "file"
) -> StoredFile:
    """The file kept on disk, sealed, its row to be added in the transaction that follows. Raises Refused at `field`."""
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0][:80] or "evidence"
    try:
        if content.startswith(b"%PDF-"):
            check_pdf(content)
            return keep_file(content, name=f"{stem}.pdf", media_type="application/pdf", purpose=purpose, now=now,
                             owner_id=owner_id, sealed=True)
        made = accept_document(content, limits=ImageLimits(most_bytes=LARGEST), longest_side=LONGEST_SIDE)
    except (UnacceptableImage, UnacceptablePdf) as refused:
        raise Refused(refused.problem(field)) from refused
    return keep_file(made.jpeg, name=f"{stem}.jpg", media_type="image/jpeg", purpose=purpose, now=now,
                     owner_id=owner_id, sealed=True)
