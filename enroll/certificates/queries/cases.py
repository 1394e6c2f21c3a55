"""The queue of cases, one case, and what its learner may see."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from enroll.accounts.models import Account
from enroll.certificates.lifecycle import CertificateState
from enroll.certificates.models import Certificate, CertificateMeasure, CertificateMove, EarlierCertificate, OpenMatter
from enroll.certificates.rules import read_number
from enroll.learners.models import Learner
from enroll.programmes.models import Window

S = CertificateState
PAGE = 30
TABS: dict[str, tuple[CertificateState, ...]] = {
    "first": (S.ELIGIBLE,), "second": (S.FIRST_APPROVED,), "hold": (S.ON_HOLD,),
    "approved": (S.APPROVED, S.BODY_REJECTED), "reported": (S.REPORTED,), "issued": (S.ISSUED,),
    "refused": (S.REFUSED,), "ended": (S.SUSPENDED, S.REVOKED, S.SUPERSEDED),
}
OPEN_MEASURE = CertificateMeasure.confirmed_at.is_(None) & CertificateMeasure.dropped_at.is_(None)
WHOLE = (joinedload(Certificate.learner), joinedload(Certificate.window), joinedload(Certificate.outcome))


@dataclass(frozen=True)
class CasePage:
    rows: Sequence[Certificate]
    after: int | None


def case_page(session: Session, tab: str, find: str = "", after: int | None = None) -> CasePage:
    """One page of a tab, those due first (by the window's date for the roster) on top. A search looks in every tab."""
    wanted = select(Certificate).join(Window, Window.id == Certificate.window_id).options(*WHOLE)
    wanted = _found(wanted, find) if find else wanted.where(Certificate.state.in_(TABS[tab]))
    last = session.get(Certificate, after) if after is not None else None
    if last is not None:
        due = last.window.roster_to_issuer_by
        wanted = wanted.where(or_(Window.roster_to_issuer_by > due,
                                  (Window.roster_to_issuer_by == due) & (Certificate.id > last.id)))
    rows = session.scalars(
        wanted.order_by(Window.roster_to_issuer_by, Certificate.id).limit(PAGE + 1)
    ).unique().all()
    return CasePage(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


def tab_counts(session: Session) -> dict[str, int]:
    rows = session.execute(select(Certificate.state, func.count()).group_by(Certificate.state)).all()
    by_state = dict(rows)
    return {tab: sum(by_state.get(str(state), 0) for state in states) for tab, states in TABS.items()}


def case_by_reference(session: Session, reference: str) -> Certificate | None:
    return session.scalar(select(Certificate).where(Certificate.reference == reference).options(*WHOLE))


def next_in_queue(session: Session, case: Certificate) -> str:
    """The case after this one among those that wait for the same step; "" where there is none."""
    tab = next((name for name, states in TABS.items() if case.state in states), "")
    if not tab:
        return ""
    rows = case_page(session, tab, after=case.id).rows
    return rows[0].reference if rows else ""


def moves_and_measure(
    session: Session, case: Certificate
) -> tuple[Sequence[CertificateMove], CertificateMeasure | None]:
    """What happened to a case, newest first, and the measure that waits for its second person."""
    rows = session.execute(
        select(CertificateMove, CertificateMeasure).select_from(Certificate)
        .outerjoin(CertificateMove, CertificateMove.record_id == Certificate.id)
        .outerjoin(CertificateMeasure, (CertificateMeasure.certificate_id == Certificate.id) & OPEN_MEASURE)
        .where(Certificate.id == case.id).order_by(CertificateMove.id.desc())
    ).all()
    return [move for move, _measure in rows if move is not None], rows[0][1]


def open_measure(session: Session, case: Certificate) -> CertificateMeasure | None:
    return session.scalar(select(CertificateMeasure).where(
        CertificateMeasure.certificate_id == case.id, OPEN_MEASURE))


def certificates_of(session: Session, learner_id: int) -> Sequence[Certificate]:
    """A learner's certificates and cases, newest first."""
    wanted = select(Certificate).where(Certificate.learner_id == learner_id).options(*WHOLE)
    return session.scalars(wanted.order_by(Certificate.id.desc())).unique().all()


def earlier_certificates_of(session: Session, learner_id: int) -> Sequence[EarlierCertificate]:
    """A learner's certificates of before our first day, newest first."""
    wanted = select(EarlierCertificate).where(EarlierCertificate.learner_id == learner_id)
    return session.scalars(wanted.options(joinedload(EarlierCertificate.programme)).order_by(
        EarlierCertificate.issued_on.desc())).all()


def earlier_by_number(session: Session, number: str) -> EarlierCertificate | None:
    wanted = select(EarlierCertificate).where(EarlierCertificate.number == number)
    return session.scalar(wanted.options(joinedload(EarlierCertificate.programme)))


def own_certificate(session: Session, account_id: int, reference: str) -> Certificate | None:
    """A learner's own; somebody else's is simply not found."""
    return session.scalar(
        select(Certificate).join(Learner, Learner.id == Certificate.learner_id)
        .where(Certificate.reference == reference, Learner.account_id == account_id)
    )


def successor_of(session: Session, case: Certificate) -> Certificate | None:
    """The certificate that replaced this one, once it has its number."""
    wanted = select(Certificate).where(Certificate.replaces_id == case.id, Certificate.number.is_not(None))
    return session.scalar(wanted)


def matter_is_open(session: Session, kind: str, reference: str) -> bool:
    """Whether this matter holds back a certificate now."""
    return session.scalar(select(OpenMatter.id).where(
        OpenMatter.kind == kind, OpenMatter.reference == reference, OpenMatter.closed_at.is_(None))) is not None


def names_by_id(session: Session, account_ids: Sequence[int | None]) -> dict[int, str]:
    wanted = {one for one in account_ids if one is not None}
    rows = session.execute(select(Account.id, Account.name, Account.username).where(Account.id.in_(wanted))).all()
    return {number: name or username or str(number) for number, name, username in rows}


def _found(wanted: Select[Certificate], find: str) -> Select[Certificate]:
    """By reference, by the issuing body's number, or by the whole name."""
    number = read_number(find)
    by_name = select(Learner.id).where(Learner.legal_name == find)
    choices = [Certificate.learner_id.in_(by_name), Certificate.reference == find.upper()]
    return wanted.where(or_(*choices, *([Certificate.number == number] if number else [])))
