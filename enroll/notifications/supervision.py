"""What questions, contacts and nudges have to say, and to whom: always to whoever must act, or may read, next."""

from datetime import datetime
from urllib.parse import parse_qsl

from sqlalchemy.orm import Session

from enroll.notifications.notices import Notice, Tell
from enroll.notifications.queries import account_of, one_by_reference
from enroll.storage.outbox import Happened
from enroll.supervision.events import (
    ComplaintHandedOn,
    ComplaintMoved,
    ContactPlanned,
    NudgeSent,
    QuestionHandedOn,
    QuestionMoved,
)
from enroll.supervision.lifecycle import COMPLAINT
from enroll.supervision.models import Complaint, Contact, LearnerQuestion, Nudge

TO_STAFF, TO_LEARNER = {"begin", "reopen"}, {"answer", "conclude"}


def question_moved(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    """Asked: to the one who answers. Answered, or closed by us: to the asker."""
    event = happened.event
    question = one_by_reference(session, LearnerQuestion, event.reference)
    about = f"{event.reference}:{event.move}:{happened.entry_id}"
    last = question.posts[-1].text if question.posts else ""
    values = {"question": question, "move": event.move, "last": last}
    where = {"reference": event.reference}
    if event.move in TO_STAFF and question.owner_id is not None:
        return [Notice(question.owner_id, about, "supervision/asked", values, "qa_staff.show", where)]
    if event.move in TO_LEARNER:
        return [Notice(account_of(session, event.learner_id), about, "supervision/answered", values, "qa.show", where)]
    return []


def question_handed_on(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    event = happened.event
    question = one_by_reference(session, LearnerQuestion, event.reference)
    values = {"question": question, "move": "hand_on", "last": question.posts[0].text if question.posts else ""}
    return [Notice(event.owner_id, f"{event.reference}:hand_on:{happened.entry_id}", "supervision/asked", values,
                   "qa_staff.show", {"reference": event.reference})]


def contact_planned(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    """A learner asked for a call: to their adviser."""
    event = happened.event
    contact = one_by_reference(session, Contact, event.reference)
    return [Notice(event.adviser_id, f"{event.reference}:asked", "supervision/call_back", {"contact": contact},
                   "supervision_staff.learner", {"reference": contact.learner.reference})]


def nudge_sent(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    """The words stand in the nudge as they were sent, in the learner's language."""
    event = happened.event
    nudge = session.get_one(Nudge, event.nudge_id)
    return [Notice(account_of(session, event.learner_id), f"nudge:{nudge.id}", "supervision/nudge", {"nudge": nudge},
                   nudge.endpoint, dict(parse_qsl(nudge.place)))]


def complaint_moved(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    """To the learner when it was taken down, answered or closed by us; to whoever answers when it waits."""
    event = happened.event
    complaint = one_by_reference(session, Complaint, event.reference)
    about, where = f"{event.reference}:{event.move}:{happened.entry_id}", {"reference": event.reference}
    shown = [post for post in complaint.posts if not post.note]
    values = {"complaint": complaint, "move": event.move, "last": shown[-1].text if shown else "",
              "label": COMPLAINT.label(event.state).learner}
    told = []
    if event.move in {"begin", "answer", "close"}:
        told.append(Notice(account_of(session, event.learner_id), about, "supervision/complaint", values,
                           "complaints.show", where))
    if event.move in {"begin", "object"} and complaint.owner_id is not None:
        told.append(Notice(complaint.owner_id, about, "supervision/complaint_office", values,
                           "complaints_staff.show", where))
    return told


def complaint_handed_on(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    event = happened.event
    complaint = one_by_reference(session, Complaint, event.reference)
    values = {"complaint": complaint, "move": "hand_on", "last": "", "label": ""}
    return [Notice(event.owner_id, f"{event.reference}:hand_on:{happened.entry_id}", "supervision/complaint_office",
                   values, "complaints_staff.show", {"reference": event.reference})]


TELLS: tuple[tuple[type, Tell], ...] = (
    (QuestionMoved, question_moved), (QuestionHandedOn, question_handed_on), (ContactPlanned, contact_planned),
    (NudgeSent, nudge_sent), (ComplaintMoved, complaint_moved), (ComplaintHandedOn, complaint_handed_on),
)  # fmt: skip
