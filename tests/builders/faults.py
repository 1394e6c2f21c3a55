"""Faults that need many words to plant; the others stand in tests/desk/test_soundness.py."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from enroll.accounts.models import Account
from enroll.applications.models import Application
from enroll.enrolments.models import RuleException
from enroll.groups.models import Employer, ExamGroup, GroupMember, GroupPayment
from enroll.learners.models import Learner
from enroll.programmes.models import Window
from enroll.recovery.models import Recovery, RecoveryMove
from tests.conftest import NOON


def a_sign_in_given_back(session: Session, **changes: Any) -> None:
    learner = session.scalars(select(Learner)).first()
    people = session.scalars(text("SELECT DISTINCT made_by_id FROM mark_entry ORDER BY made_by_id")).all()
    one = {"reference": "Y000001", "token_hash": "t", "state": "done", "learner_id": learner.id, "name": "",
           "known_number": "", "contact": "a@example.org", "story": "", "language": "zh", "place_hash": "",
           "name_hash": "", "asked_at": NOON, "asked_really_at": NOON, "stale_at": NOON, "seen": ["original"],
           "checked_by_id": people[0], "confirmed_by_id": people[1], "effective_at": NOON, "version": 1}
    if changes.get("own"):
        one["checked_by_id"] = learner.account_id
    row = Recovery(**one)
    session.add(row)
    session.flush()
    session.add(RecoveryMove(record_id=row.id, move="set", from_state="waiting", to_state="done", reason="", version=1,
                             made_by_name="system", made_at=NOON - timedelta(hours=changes.get("early", 0))))
    session.flush()


def a_sign_in_given_back_early(session: Session) -> None:
    a_sign_in_given_back(session, early=1)


def a_sign_in_given_back_by_its_owner(session: Session) -> None:
    a_sign_in_given_back(session, own=True)


def a_group(session: Session) -> ExamGroup:
    window = session.scalars(select(Window)).first()
    employer = Employer(name="示例单位", contact_name="李", contact="hr@example.org")
    session.add(employer)
    session.flush()
    group = ExamGroup(reference="Z000001", employer_id=employer.id, window_id=window.id, state="open", opened_at=NOON,
                      version=1)
    session.add(group)
    session.flush()
    return group


def a_transfer_that_went_nowhere(session: Session) -> None:
    by = session.scalars(text("SELECT min(made_by_id) FROM mark_entry")).one()
    session.add(GroupPayment(group_id=a_group(session).id, provider="bank", trade_no="LOST", amount_fen=100,
                             allocated_fen=100, paid_at=NOON, recorded_at=NOON, recorded_by_id=by))
    session.flush()


def a_member_with_a_strangers_application(session: Session) -> None:
    group, mine = a_group(session), session.scalars(select(Application)).first()
    session.execute(text("UPDATE exam_group SET window_id = (SELECT max(id) + 1 FROM exam_window)"))
    session.add(GroupMember(group_id=group.id, learner_id=mine.learner_id, token_hash="x", invited_at=NOON,
                            joined_at=NOON, application_id=mine.id))
    session.flush()


def an_exception_nobody_granted(session: Session) -> None:
    approved = session.scalars(select(Application)).one()
    others = session.scalars(select(Account.id).where(Account.id != approved.learner.account_id)).all()
    session.add(RuleException(
        reference="LW000001", learner_id=approved.learner_id, window_id=approved.window_id, rule="education",
        state="granted", version=1, reason="x", proposed_at=NOON, proposed_by_id=others[0], decided_at=NOON,
        decided_by_id=others[1]))
    session.flush()
