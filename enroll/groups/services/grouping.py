"""A group's way: opened for an employer, its roster invited, each member joins and applies, one transfer pays."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.accounts.rules.contacts import Contact
from enroll.applications.models import Application
from enroll.applications.services.drafting import begin_application, choose_sittings, let_employer_pay
from enroll.audit import services as audit
from enroll.audit.moves import begin, expect_version, make_move
from enroll.fees.services.grouping import Spread, record_amount
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, NotFound, Refused, problem
from enroll.foundation.references import public_token
from enroll.foundation.text import compared
from enroll.foundation.words import N_
from enroll.groups.events import MemberInvited
from enroll.groups.lifecycle import GROUP, GroupState
from enroll.groups.models import Employer, ExamGroup, GroupMember, GroupPayment
from enroll.groups.queries import INVITATION, member_by_token, rows_of
from enroll.groups.rules import CLOSED, UNAGREED, may_still_answer
from enroll.programmes.lifecycle import WindowState
from enroll.programmes.models import Window
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction
from enroll.storage.sealing import keyed_hash


@dataclass(frozen=True)
class Invited:
    """A row of a roster that can be taken: the learner, and the sittings the employer proposes."""

    learner_id: int
    theory: str = ""
    practical: str = ""


def open_group(
    employer: str, contact_name: str, contact: Contact, window_code: str, *, by: Actor, now: datetime
) -> str:
    """Open a group of an employer for a published window; gives its reference. The employer is found by name, and its
    contact person is the one named last. Raises Refused, NotFound."""
    _require(by, Permission.MANAGE_GROUPS)
    with transaction() as session:
        window = session.scalar(select(Window).where(Window.code == window_code,
                                                     Window.state == WindowState.PUBLISHED))
        if window is None:
            raise NotFound("Window")
        if window.closes_at <= now:
            raise Refused(problem("window_closed", N_("Registration closed at %(moment)s."), field="window",
                                  moment=window.closes_at))
        known = session.scalar(select(Employer).where(Employer.name == employer))
        known = known or Employer(name=employer)
        known.contact_name, known.contact = contact_name, contact.key
        session.add(known)
        session.flush()
        group = ExamGroup(reference=next_reference(session, "Z"), employer_id=known.id, window_id=window.id,
                          opened_at=now)
        begin(session, GROUP, group, by=by, now=now, window=window_code, employer=employer)
        return group.reference


def move_group(
    reference: str, move: str, *, reason: str, by: Actor, now: datetime, version: int | None = None
) -> None:
    """Close a group, or open it again. Applications go on by themselves."""
    with transaction() as session:
        group = lock(session, ExamGroup, ExamGroup.reference == reference)
        expect_version(group, version)
        make_move(session, GROUP, group, move, by=by, now=now, reason=reason)


def invite_members(reference: str, people: Sequence[Invited], *, by: Actor, now: datetime) -> int:
    """Put people on the roster and send each the link to their own address; gives how many. Whoever is on it already
    stays as they are. Raises Refused: the group is closed."""
    _require(by, Permission.MANAGE_GROUPS)
    with transaction() as session:
        group = _open_group(session, reference)
        known = set(session.scalars(select(GroupMember.learner_id).where(GroupMember.group_id == group.id)))
        fresh = [one for one in people if one.learner_id not in known]
        for one in fresh:
            token = public_token() + public_token()
            session.add(GroupMember(group_id=group.id, learner_id=one.learner_id, theory=one.theory, invited_at=now,
                                    practical=one.practical, token_hash=keyed_hash(INVITATION, token)))
            outbox.record(session, MemberInvited(one.learner_id, reference, token), now)
            audit.record(session, "group.invite", reference, by=by, now=now, learner_id=one.learner_id)
        session.flush()
        return len(fresh)


def remind_member(reference: str, learner_id: int, *, by: Actor, now: datetime) -> None:
    """Send a new link to somebody who has not answered; the one before no longer counts. Raises Refused, NotFound."""
    _require(by, Permission.MANAGE_GROUPS)
    with transaction() as session:
        group = _open_group(session, reference)
        member = lock(session, GroupMember, GroupMember.group_id == group.id, GroupMember.learner_id == learner_id)
        if answered := may_still_answer(member.joined_at is not None, member.declined_at is not None, True):
            raise Refused(answered)
        token = public_token() + public_token()
        member.token_hash, member.invited_at = keyed_hash(INVITATION, token), now
        outbox.record(session, MemberInvited(learner_id, reference, token), now)
        audit.record(session, "group.invite", reference, by=by, now=now, learner_id=learner_id)


def join_group(token: str, *, agreed: bool, by: Actor, now: datetime) -> str:
    """The learner takes part, having agreed that the employer reads whether their part is done; gives the reference of
    their draft, prefilled with the sittings proposed where they are free. The employer pays.

    Raises NotFound for another person's invitation; Refused: not agreed, answered, closed, or they cannot apply.
    """
    with transaction() as session:
        member = _own(session, token, by)
        if not agreed:
            raise Refused(UNAGREED)
        member.joined_at = now
        group = member.group
        reference = begin_application(member.learner_id, group.window.code, by=by, now=now)
        let_employer_pay(reference, by=by, now=now)
        application = session.scalars(select(Application).where(Application.reference == reference)).one()
        wished = {"theory": member.theory, "practical": member.practical}
        chosen = {part: wished.get(part, "") for part in application.parts}
        if application.state == "draft" and not application.chosen and all(chosen.values()):
            with contextlib.suppress(Refused):  # full or closed by now: they choose themselves
                choose_sittings(reference, chosen, by=by, now=now)
        member.application_id = application.id
        audit.record(session, "group.join", group.reference, by=by, now=now, learner_id=member.learner_id,
                     application=reference, employer_reads="stage")
        return reference


def decline_group(token: str, *, by: Actor, now: datetime) -> None:
    """The learner does not take part; the employer reads that, and no reason."""
    with transaction() as session:
        member = _own(session, token, by)
        member.declined_at = now
        audit.record(session, "group.decline", member.group.reference, by=by, now=now, learner_id=member.learner_id)


def record_transfer(
    reference: str, provider: str, trade_no: str, amount_fen: int, paid_at: datetime, *, by: Actor, now: datetime
) -> Spread:
    """Record the employer's transfer: members' fees are paid in the order they fall due, the last perhaps in part; what
    is left goes to the reconciliation queue. Raises Refused: recorded before, nothing ever due, one's own fee."""
    _require(by, Permission.MANAGE_FEES)
    with transaction() as session:
        group = lock(session, ExamGroup, ExamGroup.reference == reference)
        number = compared(trade_no)
        fees = [one.fee for one in rows_of(session, group.id) if one.fee is not None]
        fees.sort(key=lambda fee: (fee.due_at, fee.id))
        spread = record_amount([fee.reference for fee in fees], provider, number, amount_fen, paid_at, by=by, now=now)
        try:
            with session.begin_nested():
                session.add(GroupPayment(group_id=group.id, provider=provider, trade_no=number, amount_fen=amount_fen,
                                         allocated_fen=amount_fen - spread.left_fen, paid_at=paid_at, recorded_at=now,
                                         recorded_by_id=by.account_id))
        except IntegrityError as error:
            raise Refused(problem("trade_no_known", N_("This trade number is already recorded."),
                                  field="trade_no")) from error
        audit.record(session, "group.payment", reference, by=by, now=now, trade_no=number, amount_fen=amount_fen,
                     left_fen=spread.left_fen)
        return spread


def _own(session: Session, token: str, by: Actor) -> GroupMember:
    found = member_by_token(session, token)
    if found is None or found.learner.account_id != by.account_id:
        raise NotFound("GroupMember")
    member = lock(session, GroupMember, GroupMember.id == found.id)
    stands = may_still_answer(member.joined_at is not None, member.declined_at is not None,
                              member.group.state == GroupState.OPEN)
    if stands:
        raise Refused(stands)
    return member


def _open_group(session: Session, reference: str) -> ExamGroup:
    group = lock(session, ExamGroup, ExamGroup.reference == reference)
    if group.state != GroupState.OPEN:
        raise Refused(CLOSED)
    return group


def _require(by: Actor, permission: Permission) -> None:
    if not by.may(permission):
        raise Refused(NOT_PERMITTED)
