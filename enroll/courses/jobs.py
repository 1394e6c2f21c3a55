"""What courses do by themselves: end silent sessions, hand in overdue quizzes, follow what hours decide."""

from datetime import datetime

from enroll.courses.services.continuing import forget_old_codes
from enroll.courses.services.live import hold_what_is_over
from enroll.courses.services.mending import follow_the_ledger
from enroll.courses.services.quizzes import finish_overdue_quizzes
from enroll.courses.services.study import close_silent_sessions
from enroll.hours.queries.doubts import doubt_by_reference
from enroll.storage.database import again_if_crowded, db
from enroll.storage.outbox import Happened
from enroll.storage.uploads import forget_old_halves


def every_minute(now: datetime) -> None:
    """Scheduled work; twice changes nothing."""
    again_if_crowded(lambda: close_silent_sessions(now))
    again_if_crowded(lambda: finish_overdue_quizzes(now))
    again_if_crowded(lambda: hold_what_is_over(now))
    again_if_crowded(lambda: forget_old_halves(now))
    again_if_crowded(lambda: forget_old_codes(now))


def follow_decided_doubt(happened: Happened, now: datetime) -> None:
    """On DoubtDecided."""
    doubt = doubt_by_reference(db.session(), happened.event.reference)
    if doubt is not None:
        follow_the_ledger(doubt.enrolment_id, str(doubt.entry["lesson_code"]), now=now)


def follow_decided_dispute(happened: Happened, now: datetime) -> None:
    """On DisputeDecided."""
    follow_the_ledger(happened.event.enrolment_id, happened.event.lesson_code, now=now)


def follow_reversed_entry(happened: Happened, now: datetime) -> None:
    """On EntryReversed."""
    follow_the_ledger(happened.event.enrolment_id, happened.event.lesson_code, now=now)
