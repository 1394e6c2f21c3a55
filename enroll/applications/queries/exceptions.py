"""What a person must look at in a case: the rules that are not simply met, the doubts, what the machine found."""

from datetime import datetime

from sqlalchemy.orm import Session

from enroll.applications.models import Application
from enroll.applications.queries import applicant
from enroll.applications.rules.exceptions import exceptions_among
from enroll.foundation.clock import local_day
from enroll.hours.queries.doubts import open_doubts
from enroll.learners.queries.findings import automatic_findings
from enroll.programmes.queries.programmes import photo_check_of


def exceptions_of(session: Session, application: Application, now: datetime) -> list[str]:
    """The stable codes of what does not pass by itself. Looks at pictures, so it is asked outside a transaction."""
    answers = applicant.standing_for(session, application, now).answers
    rule = photo_check_of(application.window.programme, local_day(now))
    findings = automatic_findings(session, application.learner, now, photo_rule=rule)
    return exceptions_among(answers, findings, open_doubts(session, application.enrolment_id))
