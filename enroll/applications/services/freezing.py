"""What a submission leaves behind: a version that nobody changes any more."""

from datetime import datetime

from sqlalchemy.orm import Session

from enroll.applications.models import Application, ApplicationVersion
from enroll.applications.queries.applicant import Standing
from enroll.applications.queries.versions import answers_as_json, content_of, newest_version


def freeze(
    session: Session, application: Application, standing: Standing, *, now: datetime,
    answers: dict[str, str] | None = None,
) -> ApplicationVersion:
    """Write version n of what is submitted now, in the transaction of the submission."""
    last = newest_version(session, application.id)
    version = ApplicationVersion(
        application_id=application.id, number=1 if last is None else last.number + 1,
        content=content_of(session, application, standing, answers or {}),
        eligibility=answers_as_json(standing.answers), submitted_at=now,
    )
    session.add(version)
    application.proof_reference = standing.proof.reference if standing.proof else ""
    return version
