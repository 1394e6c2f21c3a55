"""A complaint's way: received, looked into, answered with a finding, objected to or settled, closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.accounts.models import Account
from enroll.accounts.permissions import Permission
from enroll.audit.moves import begin, expect_version, make_move
from enroll.audit.services import record as note_act
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, NotFound, Refused, problem
from enroll.foundation.words import N_
from enroll.learners.models import Learner
from enroll.programmes.queries.windows import working_calendar
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction
from enroll.storage.files import StoredFile
from enroll.supervision.events import ComplaintHandedOn, ComplaintMoved
from enroll.supervision.lifecycle import COMPLAINT, ComplaintState
from enroll.supervision.models import Complaint, ComplaintPost
from enroll.supervision.queries.complaints import facts_of, handlers, members_of_staff, waiting_of, who_handles
from enroll.supervision.rules.complaints import (
    ANSWER_WORKING_DAYS,
    About,
    Channel,
    Finding,
    may_add_file,
    may_complain_again,
)

ENDED = problem("complaint_closed", N_("This complaint is closed. Write a new one."))
NO_LEARNER = problem("learner_unknown", N_("No learner has this number."), field="learner")
NO_HANDLER = problem("no_handler", N_("Choose somebody who answers complaints and is not whom it is about."),
                     field="to")
NO_STAFF = problem("no_staff", N_("Choose a member of staff."), field="about_person")


@dataclass(frozen=True)
class NewComplaint:
    """What somebody complains of, and what they want; `channel` is how it came."""

    about: str
    title: str
    text: str
    wish: str = ""
    channel: str = Channel.PAGE


def complain(new: NewComplaint, file: StoredFile | None = None, *, by: Actor, now: datetime) -> str:
    """A learner complains; gives the reference. Raises NotFound (not a learner), Refused: too many wait already."""
    with transaction() as session:
        learner = lock(session, Learner, Learner.account_id == by.account_id)
        against = may_complain_again(waiting_of(session, learner.id))
        if against:
            raise Refused(against)
        return _begin(session, new, learner, now, file, staff=False, by=by, now=now)


def take_complaint(
    new: NewComplaint, learner_reference: str, received_at: datetime, file: StoredFile | None = None, *, by: Actor,
    now: datetime,
) -> str:
    """Staff write down a complaint that came another way, as of when it came; the learner is told. Raises Refused."""
    with transaction() as session:
        if not by.may(Permission.HANDLE_COMPLAINTS):
            raise Refused(NOT_PERMITTED)
        learner = session.scalar(select(Learner).where(Learner.reference == learner_reference))
        if learner is None or learner.account_id == by.account_id:
            raise Refused(NO_LEARNER)
        return _begin(session, new, learner, min(received_at, now), file, staff=True, by=by, now=now)


def add_to_complaint(
    reference: str, text: str, file: StoredFile | None = None, *, by: Actor, now: datetime, note: bool = False,
    version: int | None = None,
) -> None:
    """The learner adds something, or staff note something among themselves. Raises NotFound, Refused: closed."""
    with transaction() as session:
        complaint = _locked(session, reference) if note else _own(session, reference, by)
        expect_version(complaint, version)
        if note and not by.may(Permission.HANDLE_COMPLAINTS):
            raise Refused(NOT_PERMITTED)
        if complaint.state == ComplaintState.CLOSED:
            raise Refused(ENDED)
        _post(session, complaint, text, file, staff=note, note=note, by=by, now=now)
        note_act(session, "complaint.note" if note else "complaint.add", reference, by=by, now=now,
                 learner_id=complaint.learner_id)


def answer_complaint(
    reference: str, finding: str, text: str, file: StoredFile | None = None, *, by: Actor, now: datetime,
    version: int | None = None,
) -> None:
    """Say what was found and what follows; the learner is told, and may object."""
    with transaction() as session:
        complaint = _locked(session, reference)
        expect_version(complaint, version)
        facts = facts_of(complaint)
        COMPLAINT.require("answer", complaint.state, by, facts, "")  # before anything is written
        complaint.finding, complaint.answered_at = str(Finding(finding)), now
        complaint.owner_id = by.account_id
        make_move(session, COMPLAINT, complaint, "answer", by=by, now=now, facts=facts, finding=finding)
        _post(session, complaint, text, file, staff=True, by=by, now=now)
        _tell(session, complaint, "answer", now)


def object_to_answer(reference: str, reason: str, *, by: Actor, now: datetime, version: int | None = None) -> None:
    """The learner is not content with the answer: it is looked at again, by somebody else where there is one."""
    with transaction() as session:
        complaint = _own(session, reference, by)
        expect_version(complaint, version)
        make_move(session, COMPLAINT, complaint, "object", by=by, now=now, facts=facts_of(complaint), reason=reason)
        complaint.answer_by = working_calendar(session).deadline(now, ANSWER_WORKING_DAYS)
        kept_out = (by.account_id, complaint.about_id, complaint.owner_id)
        complaint.owner_id = who_handles(session, kept_out, now) or complaint.owner_id
        _post(session, complaint, reason, None, staff=False, by=by, now=now)
        _tell(session, complaint, "object", now)


def settle_complaint(reference: str, *, by: Actor, now: datetime, version: int | None = None) -> None:
    """The learner says that it is settled, also before an answer."""
    with transaction() as session:
        complaint = _own(session, reference, by)
        expect_version(complaint, version)
        make_move(session, COMPLAINT, complaint, "settle", by=by, now=now, facts=facts_of(complaint))
        _tell(session, complaint, "settle", now)


def close_complaint(reference: str, reason: str, *, by: Actor, now: datetime, version: int | None = None) -> None:
    """Staff close an answered complaint nobody objects to, and say why; the learner is told."""
    with transaction() as session:
        complaint = _locked(session, reference)
        expect_version(complaint, version)
        make_move(session, COMPLAINT, complaint, "close", by=by, now=now, facts=facts_of(complaint), reason=reason)
        _tell(session, complaint, "close", now)


def hand_on_complaint(
    reference: str, to: str, about_person: str = "", *, by: Actor, now: datetime, version: int | None = None
) -> None:
    """Who answers from now on, and whom of staff it is about (user names; "" for nobody). Raises Refused."""
    with transaction() as session:
        if not by.may(Permission.HANDLE_COMPLAINTS):
            raise Refused(NOT_PERMITTED)
        complaint = _locked(session, reference)
        expect_version(complaint, version)
        about = _named(members_of_staff(session, now), about_person) if about_person else None
        if about_person and about is None:
            raise Refused(NO_STAFF)
        chosen = _named(handlers(session, now), to)
        if chosen is None or chosen.id in (complaint.learner.account_id, about.id if about else None):
            raise Refused(NO_HANDLER)
        before = complaint.owner_id
        complaint.about_id = about.id if about else None
        complaint.owner_id, complaint.version = chosen.id, complaint.version + 1
        note_act(session, "complaint.hand_on", reference, by=by, now=now, learner_id=complaint.learner_id, to=to,
                 about=about_person)
        if chosen.id not in (before, by.account_id) and complaint.state == ComplaintState.RECEIVED:
            outbox.record(session, ComplaintHandedOn(reference, chosen.id), now)


def _begin(
    session: Session, new: NewComplaint, learner: Learner, received_at: datetime, file: StoredFile | None, *,
    staff: bool, by: Actor, now: datetime,
) -> str:
    complaint = Complaint(
        reference=next_reference(session, "N"), learner_id=learner.id, about=str(About(new.about)),
        channel=str(Channel(new.channel)), title=new.title, wish=new.wish, received_at=received_at,
        answer_by=working_calendar(session).deadline(received_at, ANSWER_WORKING_DAYS),
        owner_id=who_handles(session, {learner.account_id}, now),
    )
    begin(session, COMPLAINT, complaint, by=by, now=now, channel=str(new.channel), about=str(new.about))
    _post(session, complaint, new.text, file, staff=staff, by=by, now=now)
    _tell(session, complaint, "begin", now)
    return complaint.reference


def _post(
    session: Session, complaint: Complaint, text: str, file: StoredFile | None, *, staff: bool, by: Actor,
    now: datetime, note: bool = False,
) -> None:
    if file is not None:
        if too_many := may_add_file(sum(post.file_id is not None for post in complaint.posts)):
            raise Refused(too_many)
        session.add(file)
        session.flush()
    session.add(ComplaintPost(
        complaint_id=complaint.id, by_id=by.account_id or 0, by_name=by.name, by_staff=staff, note=note, text=text,
        file_id=file.id if file else None, posted_at=now,
    ))
    session.flush()


def _own(session: Session, reference: str, by: Actor) -> Complaint:
    complaint = _locked(session, reference)
    if complaint.learner.account_id != by.account_id:
        raise NotFound(reference)
    return complaint


def _locked(session: Session, reference: str) -> Complaint:
    return lock(session, Complaint, Complaint.reference == reference)


def _named(people: Sequence[Account], username: str) -> Account | None:
    return next((one for one in people if one.username == username), None)


def _tell(session: Session, complaint: Complaint, move: str, now: datetime) -> None:
    outbox.record(session, ComplaintMoved(complaint.learner_id, complaint.reference, move, complaint.state), now)
