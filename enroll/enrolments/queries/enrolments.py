"""Enrolments of one learner, by reference, and for the list of staff."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, case, select, union
from sqlalchemy.orm import Session, contains_eager, joinedload

from enroll.accounts.models import Account
from enroll.enrolments.lifecycle import LIVE
from enroll.enrolments.models import Cohort, Enrolment
from enroll.enrolments.queries.cohorts import ADVISED
from enroll.enrolments.rules import AGREEMENT, EnrolmentFacts
from enroll.fees.lifecycle import SETTLED, FeeState
from enroll.fees.models import Fee
from enroll.fees.queries.fees import fee_for
from enroll.foundation.clock import local_day
from enroll.learners.models import ConsentText, Learner
from enroll.learners.queries.people import search_learners
from enroll.programmes.queries.programmes import rules_of

WHOLE = (
    joinedload(Enrolment.programme), joinedload(Enrolment.cohort).options(ADVISED),
    joinedload(Enrolment.learner).joinedload(Learner.account).lazyload(Account.grants),
)
NEWEST_LIVE = (case((Enrolment.state.in_(LIVE), 0), else_=1), Enrolment.id.desc())


def learner_of_account(session: Session, account_id: int) -> Learner | None:
    """The learner's record of an account; staff have none."""
    return session.scalar(select(Learner).where(Learner.account_id == account_id))


def enrolment_of(session: Session, learner_id: int, programme_id: int) -> Enrolment | None:
    """The learner's enrolment on a programme: the live one, else the newest."""
    wanted = select(Enrolment).where(Enrolment.learner_id == learner_id, Enrolment.programme_id == programme_id)
    return session.scalar(wanted.options(*WHOLE).order_by(*NEWEST_LIVE).limit(1))


def enrolments_of(session: Session, account_id: int) -> Sequence[Enrolment]:
    """Everything this person ever enrolled on: the live ones first, then the newest."""
    wanted = select(Enrolment).join(Enrolment.learner).where(Learner.account_id == account_id)
    return session.scalars(wanted.options(*WHOLE).order_by(*NEWEST_LIVE)).all()


def own_enrolment(session: Session, account_id: int, reference: str) -> Enrolment | None:
    """This person's enrolment by its reference; another's is None, the same as an absent one."""
    wanted = select(Enrolment).join(Enrolment.learner).where(Learner.account_id == account_id)
    return session.scalar(wanted.where(Enrolment.reference == reference).options(*WHOLE))


def enrolment_by_reference(session: Session, reference: str) -> Enrolment | None:
    return session.scalar(select(Enrolment).where(Enrolment.reference == reference).options(*WHOLE))


def enrolments_list(text: str = "", *, cohort: str = "", state: str = "") -> Select[Enrolment]:
    """Enrolments for the list: by the learner (as search_learners finds them) or by its whole reference; of
    one cohort; in one state. The page orders them."""
    wanted = select(Enrolment).join(Enrolment.learner).join(Learner.account).join(Enrolment.cohort)
    wanted = wanted.options(
        joinedload(Enrolment.programme), contains_eager(Enrolment.cohort).options(ADVISED),
        contains_eager(Enrolment.learner).contains_eager(Learner.account).lazyload(Account.grants),
    )
    if text:
        people = search_learners(text).with_only_columns(Learner.id)
        mine = select(Enrolment.id).where(Enrolment.learner_id.in_(people))
        wanted = wanted.where(Enrolment.id.in_(
            union(mine, select(Enrolment.id).where(Enrolment.reference == text.upper()))))
    if cohort:
        wanted = wanted.where(Cohort.code == cohort)
    return wanted.where(Enrolment.state == state) if state else wanted


def fees_of_enrolments(session: Session, references: Sequence[str]) -> dict[str, Fee]:
    """The live training fee of each of these enrolments, by its reference."""
    rows = session.scalars(select(Fee).where(Fee.subject.in_(references), Fee.state != FeeState.VOID))
    return {row.subject: row for row in rows}


def current_agreement(session: Session, now: datetime) -> ConsentText | None:
    """The training agreement as it stands at this moment; None where none was ever set."""
    wanted = select(ConsentText).where(ConsentText.code == AGREEMENT, ConsentText.from_at <= now)
    return session.scalar(wanted.order_by(ConsentText.version.desc()).limit(1))


def agreement_text(session: Session, version: int) -> ConsentText | None:
    """The text somebody agreed to."""
    return agreement_texts(session, [version]).get(version)


def agreement_texts(session: Session, versions: Sequence[int]) -> dict[int, ConsentText]:
    rows = session.scalars(select(ConsentText).where(ConsentText.code == AGREEMENT, ConsentText.version.in_(versions)))
    return {row.version: row for row in rows}


def facts_about(session: Session, enrolment: Enrolment, now: datetime) -> EnrolmentFacts:
    """What a move of this enrolment depends on at this moment."""
    return facts_with(enrolment, fee_for(session, enrolment.reference), now)


def facts_with(enrolment: Enrolment, fee: Fee | None, now: datetime) -> EnrolmentFacts:
    """The same where its live training fee is at hand."""
    settled = fee is not None and fee.state in SETTLED
    rules = rules_of(enrolment.programme, local_day(now))
    return EnrolmentFacts(settled, rules.study_before_payment, enrolment.learner.account_id)
