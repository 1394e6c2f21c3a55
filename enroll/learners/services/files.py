"""The pictures of the document and the photo. Bytes are decoded and written to disk before; here they are given their
place."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from enroll.audit import services as audit
from enroll.foundation.actor import Actor
from enroll.foundation.problems import Refused
from enroll.learners.lifecycle import CheckKind
from enroll.learners.models import Learner, LearnerFile
from enroll.learners.queries.consents import has_agreed_to_identity
from enroll.learners.services.identity import NO_CONSENT, require_open
from enroll.storage.database import lock, transaction
from enroll.storage.files import StoredFile

ID_FRONT, ID_BACK, EVIDENCE, PHOTO_SOURCE, PHOTO = "id_front", "id_back", "evidence", "photo_source", "photo"
OF_DOCUMENT = (ID_FRONT, ID_BACK, EVIDENCE)


def keep_document(learner_id: int, kind: str, stored: StoredFile, *, by: Actor, now: datetime) -> None:
    """A picture of the document (id_front, id_back) or of other evidence takes the place of the one before. `stored`
    comes from storage.files.keep_file(…, sealed=True). Raises Refused: no consent, being checked, verified."""
    with transaction() as session:
        learner = lock(session, Learner, Learner.id == learner_id)
        require_open(session, learner_id, CheckKind.IDENTITY)
        if not has_agreed_to_identity(session, learner_id, now):
            raise Refused(NO_CONSENT)
        _put(session, learner, kind, stored, by, now)


def keep_photo(
    learner_id: int, source: StoredFile | None, photo: StoredFile | None, *, by: Actor, now: datetime
) -> None:
    """The photo as it came (to be cut), the photo as cut by the rule, or both. A new source makes the old cut void.
    Raises Refused: being checked, accepted."""
    with transaction() as session:
        learner = lock(session, Learner, Learner.id == learner_id)
        require_open(session, learner_id, CheckKind.PHOTO)
        if source is not None:
            _put(session, learner, PHOTO_SOURCE, source, by, now)
            _replace(session, learner_id, PHOTO, now)
        if photo is not None:
            _put(session, learner, PHOTO, photo, by, now)


def _put(session: Session, learner: Learner, kind: str, stored: StoredFile, by: Actor, now: datetime) -> None:
    _replace(session, learner.id, kind, now)
    session.add(stored)
    session.flush()
    session.add(LearnerFile(learner_id=learner.id, kind=kind, file_id=stored.id, added_at=now))
    audit.record(session, "learner.keep_file", learner.reference, by=by, now=now, learner_id=learner.id, kind=kind,
                 sha256=stored.sha256)
    session.flush()


def _replace(session: Session, learner_id: int, kind: str, now: datetime) -> None:
    session.execute(
        update(LearnerFile)
        .where(LearnerFile.learner_id == learner_id, LearnerFile.kind == kind, LearnerFile.replaced_at.is_(None))
        .values(replaced_at=now).execution_options(synchronize_session="fetch")
    )
