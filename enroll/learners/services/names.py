"""A name that its owner cannot type: asked for with a picture, entered by staff, confirmed by its owner."""

from datetime import datetime

from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.audit import services as audit
from enroll.audit.moves import expect_version
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, OWN_RECORD, Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.learners.events import NameEntered
from enroll.learners.lifecycle import CheckKind, CheckState
from enroll.learners.models import IdentityCheck, Learner
from enroll.learners.queries.checks import files_in_force
from enroll.learners.rules.checks import still_open
from enroll.learners.rules.names import read_entered_name
from enroll.storage import outbox
from enroll.storage.database import lock, transaction

SHOWS_NAME = {"evidence", "id_front"}


def ask_for_name(learner_id: int, note: str, *, by: Actor, now: datetime) -> None:
    """The learner cannot type their name and asks staff to enter it from a picture. Raises Refused: no picture that
    shows the name, or the identity is verified."""
    with transaction() as session:
        learner = _unverified(session, learner_id)
        if not SHOWS_NAME & set(files_in_force(session, learner_id)):
            raise Refused(problem("no_name_picture", N_("Upload a picture first on which the name can be read."),
                                  mend="learners.document"))
        learner.name_asked_at, learner.name_note = now, note
        learner.name_entered_at = learner.name_confirmed_at = None
        learner.version += 1
        audit.record(session, "learner.ask_name", learner.reference, by=by, now=now, learner_id=learner_id)


def enter_name(learner_id: int, typed: str, *, by: Actor, now: datetime, version: int | None = None) -> str:
    """Staff enter the name from the picture, exactly; gives it as it is kept. The learner is told and asked. Raises
    Refused, Stale."""
    if not by.may(Permission.REVIEW_IDENTITY):
        raise Refused(NOT_PERMITTED)
    with transaction() as session:
        learner = _unverified(session, learner_id)
        expect_version(learner, version)
        if learner.account_id == by.account_id:
            raise Refused(OWN_RECORD)
        read = read_entered_name(typed)
        if isinstance(read, Problem):
            raise Refused(read)
        learner.legal_name = learner.account.name = read.name
        learner.name_entered_at, learner.name_confirmed_at = now, None
        learner.version += 1
        audit.record(session, "learner.enter_name", learner.reference, by=by, now=now, learner_id=learner_id,
                     characters=len(read.name))
        outbox.record(session, NameEntered(learner_id), now)
        return read.name


def answer_name(learner_id: int, *, right: bool, note: str, by: Actor, now: datetime) -> None:
    """The owner says whether the name that was entered is theirs; where not, it is asked for again."""
    if not right:
        ask_for_name(learner_id, note, by=by, now=now)
        return
    with transaction() as session:
        learner = lock(session, Learner, Learner.id == learner_id)
        if not learner.has_name_to_confirm:
            raise Refused(problem("no_name_entered", N_("There is no name to confirm.")))
        learner.name_confirmed_at, learner.version = now, learner.version + 1
        audit.record(session, "learner.confirm_name", learner.reference, by=by, now=now, learner_id=learner_id)


def _unverified(session: Session, learner_id: int) -> Learner:
    learner = lock(session, Learner, Learner.id == learner_id)
    check = lock(session, IdentityCheck, IdentityCheck.learner_id == learner_id,
                 IdentityCheck.kind == str(CheckKind.IDENTITY))
    closed = still_open(check.state) if check.state == CheckState.VERIFIED else None
    if closed is not None:
        raise Refused(closed)
    return learner
