"""Every lifecycle of the program in the order of the journey."""

from enroll.accounts.lifecycle import ACCOUNT
from enroll.admission.lifecycle import EXCUSE, INCIDENT
from enroll.applications.lifecycle import ACCOMMODATION, APPLICATION, OUTAGE, SECOND_OPINION, SPOT_CHECK
from enroll.certificates.lifecycle import CERTIFICATE
from enroll.corrections.lifecycle import CORRECTION
from enroll.courses.lifecycle import COURSE_EDITION, LIVE_CLASS, PRACTICE_WORK
from enroll.enrolments.lifecycle import ENROLMENT, RULE_EXCEPTION
from enroll.exchange.lifecycle import BATCH
from enroll.fees.lifecycle import FEE, REFUND
from enroll.foundation.lifecycle import Lifecycle
from enroll.groups.lifecycle import GROUP
from enroll.hours.lifecycle import ADJUSTMENT, ANOMALY, CLAIM, DISPUTE, DOUBT, PROOF
from enroll.learners.lifecycle import IDENTITY_CHECK
from enroll.programmes.lifecycle import WINDOW
from enroll.questions.lifecycle import QUESTION
from enroll.recovery.lifecycle import RECOVERY
from enroll.results.lifecycle import RESULT, SCORE_REVIEW
from enroll.sittings.lifecycle import BOOKING
from enroll.supervision.lifecycle import COMPLAINT, CONTACT, LEARNER_QUESTION

LIFECYCLES: tuple[Lifecycle, ...] = (
    ACCOUNT, IDENTITY_CHECK, WINDOW, FEE, REFUND, ENROLMENT, PROOF, DOUBT, DISPUTE, CLAIM, ADJUSTMENT, ANOMALY,
    QUESTION, COURSE_EDITION, PRACTICE_WORK, LIVE_CLASS, BOOKING,
    RULE_EXCEPTION, APPLICATION, SECOND_OPINION, SPOT_CHECK, OUTAGE, ACCOMMODATION, INCIDENT, EXCUSE,
    RESULT, SCORE_REVIEW, CERTIFICATE, BATCH, LEARNER_QUESTION, CONTACT, COMPLAINT, CORRECTION,
    RECOVERY, GROUP,
)  # fmt: skip
