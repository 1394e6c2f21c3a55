"""Groups, and where each member stands: never a mark, a document or a reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from enroll.applications.models import Application
from enroll.fees.lifecycle import SETTLED, FeeState
from enroll.fees.models import Fee, Payment, Refund
from enroll.fees.rules import Payer
from enroll.groups.models import Employer, ExamGroup, GroupMember, GroupMove, GroupPayment
from enroll.groups.rules import Part, Stage, stage_of
from enroll.learners.models import Learner
from enroll.storage.paging import Page, page_by_id
from enroll.storage.sealing import keyed_hash

INVITATION = "group invitation"


@dataclass(frozen=True)
class Row:
    """One member, how their part stands, and the fee the employer pays for them, where there is one."""

    member: GroupMember
    learner: Learner
    application: Application | None
    fee: Fee | None
    stage: Stage


@dataclass(frozen=True)
class Money:
    """The group's money in fen: owed still, paid by members' fees, on its way back, left for finance."""

    owed_fen: int
    paid_fen: int
    back_fen: int
    left_fen: int


def groups_in(session: Session, state: str, *, after: int | None = None) -> Page[ExamGroup]:
    return page_by_id(session, select(ExamGroup).where(ExamGroup.state == state), ExamGroup.id, after=after)


def counted(session: Session, group_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """How many members each group has, and how many have joined."""
    rows = session.execute(select(GroupMember.group_id, func.count(), func.count(GroupMember.joined_at)).where(
        GroupMember.group_id.in_(group_ids)).group_by(GroupMember.group_id))
    return {group_id: (members, joined) for group_id, members, joined in rows}


def group_by_reference(session: Session, reference: str) -> ExamGroup | None:
    return session.scalar(select(ExamGroup).where(ExamGroup.reference == reference))


def employers(session: Session) -> Sequence[Employer]:
    return session.scalars(select(Employer).order_by(Employer.name).limit(500)).all()


def rows_of(session: Session, group_id: int) -> list[Row]:
    """Every member by name, in one statement."""
    wanted = (
        select(GroupMember, Learner, Application, Fee).join(Learner, Learner.id == GroupMember.learner_id)
        .outerjoin(Application, Application.id == GroupMember.application_id)
        .outerjoin(Fee, (Fee.subject == Application.reference) & (Fee.state != FeeState.VOID))
        .where(GroupMember.group_id == group_id).order_by(Learner.legal_name, GroupMember.id)
    )
    found = []
    for member, learner, application, fee in session.execute(wanted):
        part = Part(member.joined_at, member.declined_at, application.state if application else None,
                    fee is not None and fee.state in SETTLED)
        found.append(Row(member, learner, application, fee if fee and fee.payer == Payer.EMPLOYER else None,
                         stage_of(part)))
    return found


def money_of(session: Session, group_id: int, rows: Sequence[Row]) -> Money:
    fees = [one.fee.id for one in rows if one.fee is not None]
    back = session.scalar(select(func.coalesce(func.sum(Refund.amount_fen), 0)).where(Refund.fee_id.in_(fees)))
    beyond = GroupPayment.amount_fen - GroupPayment.allocated_fen
    left = session.scalar(select(func.coalesce(func.sum(beyond), 0)).where(GroupPayment.group_id == group_id))
    return Money(sum(one.fee.owed_fen for one in rows if one.fee), sum(one.fee.paid_fen for one in rows if one.fee),
                 int(back or 0), int(left or 0))


def payments_of(session: Session, group_id: int) -> Sequence[GroupPayment]:
    return session.scalars(select(GroupPayment).where(GroupPayment.group_id == group_id).order_by(
        GroupPayment.id)).all()


def moves_of(session: Session, group_id: int) -> Sequence[GroupMove]:
    return session.scalars(select(GroupMove).where(GroupMove.record_id == group_id).order_by(GroupMove.id)).all()


def member_by_token(session: Session, token: str) -> GroupMember | None:
    """Whoever an invitation is for."""
    wanted = select(GroupMember).where(GroupMember.token_hash == keyed_hash(INVITATION, token))
    return session.scalar(wanted.options(joinedload(GroupMember.group), joinedload(GroupMember.learner)))


def unsound_groups(session: Session) -> Iterator[str]:
    """Memberships and payments that do not add up, for `flask doctor`."""
    strange = select(ExamGroup.reference).join(GroupMember, GroupMember.group_id == ExamGroup.id).join(
        Application, Application.id == GroupMember.application_id).where(
        (Application.learner_id != GroupMember.learner_id) | (Application.window_id != ExamGroup.window_id))
    for reference in session.scalars(strange):
        yield f"group {reference} names an application of another person or window"
    for one in session.scalars(select(GroupPayment)):
        parts = session.scalar(select(func.coalesce(func.sum(Payment.amount_fen), 0)).where(
            Payment.provider == one.provider, Payment.trade_no.startswith(f"{one.trade_no}-", autoescape=True),
            Payment.recorded_at == one.recorded_at)) or 0
        if parts != one.amount_fen:
            yield f"transfer {one.trade_no} of a group came with {one.amount_fen} fen, {parts} are recorded"
