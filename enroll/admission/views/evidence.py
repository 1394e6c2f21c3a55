"""A file somebody adds to a matter of an exam day."""

from typing import Any

from flask_login import current_user

from enroll.hours.services.evidence import LARGEST, keep_evidence
from enroll.storage.database import db
from enroll.storage.files import StoredFile
from enroll.web.moments import now

ACCEPTED = "image/jpeg,image/png,image/webp,application/pdf"
__all__ = ["ACCEPTED", "LARGEST", "kept_upload"]


def kept_upload(upload: Any, purpose: str, field: str = "picture") -> StoredFile | None:
    """An uploaded picture or PDF, looked over and kept sealed; None where nothing was chosen. Raises Refused."""
    if upload is None or not upload.filename:
        return None
    content = upload.read(LARGEST + 1)
    db.session.rollback()  # decoding takes its time; the database need not wait for it
    return keep_evidence(content, upload.filename, purpose=purpose, owner_id=current_user.account_id, now=now(),
                         field=field)
