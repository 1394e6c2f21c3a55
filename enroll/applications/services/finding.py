"""The program looks a submission over before a person does: it decides nothing, it says where to look."""

from datetime import datetime

from enroll.applications.lifecycle import ApplicationState
from enroll.applications.models import Application, CaseCheck
from enroll.applications.queries.case import application_by_reference
from enroll.applications.queries.exceptions import exceptions_of
from enroll.applications.queries.versions import newest_version
from enroll.storage.database import db, let_go, lock, transaction


def look_over(reference: str, *, now: datetime) -> bool:
    """Keep what was found in the submission that waits now; gives False where nothing waits any more, or it was looked
    over already: each submission is, once."""
    reading = db.session()
    application = application_by_reference(reading, reference)
    if application is None or application.state != ApplicationState.SUBMITTED:
        return False
    codes = exceptions_of(reading, application, now)
    let_go(reading)
    with transaction() as session:
        again = lock(session, Application, Application.reference == reference)
        if again.state != ApplicationState.SUBMITTED or again.exceptions is not None:
            return False
        version = newest_version(session, again.id)
        session.add(CaseCheck(application_id=again.id, version_number=version.number if version else 0,
                              exceptions=codes, found_at=now))
        again.exceptions = len(codes)
        return True
