"""Everything about one application, for the person who decides it: one page, one gathering."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from enroll.applications.models import Application, ApplicationMove, ApplicationVersion, ReturnedItem
from enroll.applications.queries import applicant, own
from enroll.applications.queries.people import called, files_in_force, shown_to_applicants
from enroll.applications.queries.queue import neighbours
from enroll.applications.queries.versions import versions_and_items_of, versions_of
from enroll.applications.rules.versions import Change, changes_between
from enroll.audit.queries import helpers_asked, helpers_read
from enroll.hours.queries.doubts import open_doubts_of
from enroll.hours.queries.ledger import course_sums
from enroll.hours.rules.proof import CourseSum
from enroll.learners.models import Consent, LearnerFile
from enroll.learners.queries.checks import Doubles, Handed, doubles_asked, handed_by
from enroll.storage.files import StoredFile


@dataclass(frozen=True)
class Case:
    """What the review page shows. `changes` are those of the last submission against the one before."""

    application: Application
    standing: own.Standing
    evidence: applicant.Standing
    handed: Handed
    consents: Sequence[Consent]
    courses: Sequence[CourseSum]
    open_doubts: int
    versions: Sequence[ApplicationVersion]
    changes: Sequence[Change]
    items: Sequence[ReturnedItem]
    history: Sequence[ApplicationMove]
    claimed_by: str
    earlier: str
    later: str
    helpers: frozenset[int]
    doubles: Doubles

    @property
    def files(self) -> dict[str, LearnerFile]:
        return shown_to_applicants(self.handed.files)


def application_by_reference(session: Session, reference: str) -> Application | None:
    whole = (*own.WHOLE, joinedload(Application.claimed_by))
    return session.scalar(select(Application).where(Application.reference == reference).options(*whole))


def case_of(session: Session, application: Application, now: datetime) -> Case:
    enrolment_id = application.enrolment_id
    versions, items = versions_and_items_of(session, application.id)
    beside = select(*neighbours(application), open_doubts_of(enrolment_id), helpers_asked(application.reference),
                    *doubles_asked(application.learner))
    earlier, later, doubts, helped, same_name, same_pictures = session.execute(beside).one()
    evidence = applicant.standing_for(session, application, now)
    history = own.history_of(session, application.id)
    return Case(
        application, own.stand_of(session, application, history), evidence,
        handed_by(session, application.learner, now), list(evidence.consents.values()),
        course_sums(session, enrolment_id), doubts, versions,
        changes_between(versions[-2].content, versions[-1].content) if len(versions) > 1 else (),
        items, history, called(application.claimed_by), earlier or "", later or "", helpers_read(helped),
        Doubles(same_name, same_pictures),
    )


def file_of_case(session: Session, application: Application, token: str) -> StoredFile | None:
    """A picture that belongs to this case: in force now, or frozen in one of its versions."""
    known = {one.file.token for one in files_in_force(session, application.learner_id).values()}
    for version in versions_of(session, application.id):
        known |= {one["token"] for one in version.content["files"].values()}
    return session.scalar(select(StoredFile).where(StoredFile.token == token)) if token in known else None
