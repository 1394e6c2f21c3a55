"""What learners keep about a person, as an application asks for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.accounts.models import Account
from enroll.enrolments.lifecycle import ExceptionState
from enroll.enrolments.models import Enrolment, RuleException
from enroll.hours.lifecycle import ProofState
from enroll.hours.models import HoursBalance, HoursProof
from enroll.hours.queries.standing import totals_of
from enroll.hours.rules.standing import Totals
from enroll.learners.lifecycle import CheckKind, CheckState
from enroll.learners.models import Consent, ConsentText, Guardian, IdentityCheck, LearnerFile
from enroll.learners.queries import checks
from enroll.learners.queries.consents import newest_texts, texts_in_force
from enroll.learners.queries.people import guardian_of
from enroll.learners.rules.texts import AT_APPLICATION
from enroll.programmes.models import Window

DOCUMENT_KINDS = ("photo", "id_front", "id_back", "evidence")


def check_states(session: Session, learner_id: int) -> dict[str, str]:
    """The state of the identity check and of the photo's; nothing begun is a draft."""
    wanted = select(IdentityCheck.kind, IdentityCheck.state).where(IdentityCheck.learner_id == learner_id)
    return _every_kind(dict(session.execute(wanted).all()))


@dataclass(frozen=True)
class Ground:
    """What an application rests on: the checks' states, the guardian's word, credited minutes, the proof in force."""

    checks: Mapping[str, str]
    guardian_acknowledged: bool
    credited: Totals
    proof: HoursProof | None
    excepted: frozenset[str]


def ground_of(session: Session, enrolment: Enrolment, window: Window) -> Ground:
    """In one statement: there is a row for each check and each exception granted, and at most one of everything
    else."""
    rows = session.execute(
        select(IdentityCheck.kind, IdentityCheck.state, Guardian.acknowledged_at, HoursBalance, HoursProof,
               RuleException.rule)
        .select_from(Enrolment)
        .outerjoin(IdentityCheck, IdentityCheck.learner_id == Enrolment.learner_id)
        .outerjoin(Guardian, Guardian.learner_id == Enrolment.learner_id)
        .outerjoin(HoursBalance, HoursBalance.enrolment_id == Enrolment.id)
        .outerjoin(HoursProof, (HoursProof.enrolment_id == Enrolment.id) & (HoursProof.state == ProofState.ISSUED))
        .outerjoin(RuleException, (RuleException.learner_id == Enrolment.learner_id)
                   & (RuleException.window_id == window.id) & (RuleException.state == ExceptionState.GRANTED))
        .where(Enrolment.id == enrolment.id)
    ).all()
    _kind, _state, acknowledged, balance, proof, _rule = rows[0]
    checks = {kind: state for kind, state, *_ in rows if kind is not None}
    return Ground(_every_kind(checks), acknowledged is not None, totals_of(balance) if balance else Totals(), proof,
                  frozenset(rule for *_, rule in rows if rule is not None))


def _every_kind(found: dict[str, str]) -> dict[str, str]:
    return {str(kind): found.get(str(kind), str(CheckState.DRAFT)) for kind in CheckKind}


def texts_at(session: Session, moment: datetime) -> Sequence[ConsentText]:
    """The newest version of every text asked for at an application, the declaration last."""
    return sorted(texts_in_force(session, moment, AT_APPLICATION), key=lambda text: text.kind == "declaration")


def consents_in_force(session: Session, learner_id: int, moment: datetime) -> dict[str, Consent]:
    """By code: the newest consent to the text that stood at this moment, unless it was withdrawn. A consent to an
    older version is none."""
    texts = newest_texts(moment, AT_APPLICATION).with_only_columns(ConsentText.id).order_by(None)
    wanted = select(Consent).where(
        Consent.learner_id == learner_id, Consent.text_id.in_(texts), Consent.withdrawn_at.is_(None)
    )
    return {one.consent_text.code: one for one in session.scalars(wanted.order_by(Consent.id))}


def guardian_has_acknowledged(session: Session, learner_id: int) -> bool:
    guardian = guardian_of(session, learner_id)
    return guardian is not None and guardian.acknowledged_at is not None


def files_in_force(session: Session, learner_id: int) -> dict[str, LearnerFile]:
    """Photo and pictures of the document by kind, as they stand; not the photo as it came from the camera."""
    return shown_to_applicants(checks.files_in_force(session, learner_id))


def shown_to_applicants(found: Mapping[str, LearnerFile]) -> dict[str, LearnerFile]:
    """Those of a learner's files in force that an application is about."""
    return {kind: found[kind] for kind in DOCUMENT_KINDS if kind in found}


def name_of(session: Session, account_id: int | None) -> str:
    """What a member of staff is called; '' for nobody."""
    return called(session.get(Account, account_id) if account_id is not None else None)


def called(account: Account | None) -> str:
    """The same of an account that is at hand."""
    return "" if account is None else account.name or account.username or account.reference
