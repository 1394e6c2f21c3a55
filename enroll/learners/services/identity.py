"""The legal identity: saved in parts, handed in, decided."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.audit import services as audit
from enroll.audit.moves import expect_version, make_move
from enroll.audit.queries import helpers_of
from enroll.foundation.actor import Actor
from enroll.foundation.clock import local_day
from enroll.foundation.masking import mask_number
from enroll.foundation.problems import NOT_PERMITTED, REASON_MISSING, Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.learners.events import IdentityCheckMoved, IdentityVerified
from enroll.learners.lifecycle import IDENTITY_CHECK, CheckKind, CheckState
from enroll.learners.models import IdentityCheck, Learner, ReturnedDetail
from enroll.learners.queries.checks import check_facts
from enroll.learners.queries.consents import has_agreed_to_identity
from enroll.learners.queries.people import number_key
from enroll.learners.rules.ages import may_sign_up
from enroll.learners.rules.checks import still_open
from enroll.learners.rules.countries import NATIONALITIES
from enroll.learners.rules.education import EDUCATION
from enroll.learners.rules.names import NameReading, read_latin_name, read_name
from enroll.learners.rules.numbers import SEX_NAMES, IdType, NumberReading, number_differs, read_number
from enroll.storage import outbox
from enroll.storage.database import lock, transaction

IN_USE = problem("id_number_in_use", N_("This number cannot be used here: it already belongs to an account. If you "
                                        "have signed up before, use “Forgot password”; if not, tell us and show your "
                                        "document."),
                 field="id_number")
NO_CONSENT = problem("consent_missing", N_("Your separate consent to processing document data is missing."),
                     mend="learners.consents")


@dataclass(frozen=True)
class IdentityDetails:
    """What a learner says of themselves. An empty number keeps the one there is."""

    legal_name: str
    id_type: str
    id_number: str
    birth_date: date
    sex: str
    latin_name: str = ""
    nationality: str = "CHN"
    education: str = ""
    employer: str = ""


@dataclass(frozen=True)
class ReturnItem:
    """One named thing to correct."""

    item: str
    reason_code: str
    words: str


def save_identity(
    learner_id: int, details: IdentityDetails, *, by: Actor, now: datetime, version: int | None = None
) -> str:
    """Keep the details; gives the name as it is kept. Raises Refused with every reason, or Stale; refused too while the
    identity is being checked, and once it is verified."""
    with transaction() as session:
        learner = lock(session, Learner, Learner.id == learner_id)
        expect_version(learner, version)
        require_open(session, learner_id, CheckKind.IDENTITY)
        if not has_agreed_to_identity(session, learner_id, now):
            raise Refused(NO_CONSENT)
        name, latin, number = _read(learner, details, local_day(now))
        changed = _changed(learner, details, name, number)
        learner.legal_name, learner.latin_name, learner.birth_date = name, latin, details.birth_date
        learner.sex, learner.nationality = details.sex, details.nationality
        learner.education, learner.employer = details.education, details.employer
        learner.account.name = name
        learner.identity_given_at, learner.version = now, learner.version + 1
        _keep_number(session, learner, details.id_type, number)
        audit.record(session, "learner.save_identity", learner.reference, by=by, now=now, learner_id=learner.id,
                     changed=changed)
        return name


def details_as_kept(learner: Learner, details: IdentityDetails, today: date) -> IdentityDetails:
    """The same details in the spelling they would be kept in, the number whole. Raises Refused with all that is
    wrong."""
    name, latin, number = _read(learner, details, today)
    return replace(details, legal_name=name, latin_name=latin, id_number=number)


def correct_identity(learner_id: int, details: IdentityDetails, *, by: Actor, now: datetime, because: str) -> None:
    """Change a verified identity, inside a correction that was decided (`because`: its reference). It stays verified:
    the decision was made on the evidence of the correction. Raises Refused: a number that is another's."""
    with transaction() as session:
        learner = lock(session, Learner, Learner.id == learner_id)
        kept = details_as_kept(learner, details, local_day(now))
        changed = _changed(learner, kept, kept.legal_name, kept.id_number)
        learner.legal_name, learner.latin_name, learner.birth_date = kept.legal_name, kept.latin_name, kept.birth_date
        learner.sex, learner.nationality = kept.sex, kept.nationality
        learner.account.name = kept.legal_name
        learner.version += 1
        _keep_number(session, learner, kept.id_type, kept.id_number)
        audit.record(session, "learner.correct_identity", learner.reference, by=by, now=now, learner_id=learner.id,
                     changed=changed, correction=because)


def hand_in(learner_id: int, kinds: Iterable[str], *, by: Actor, now: datetime) -> None:
    """Hand in the identity, the photo, or both, for a person to check. Raises Refused with all that is missing."""
    with transaction() as session:
        learner = lock(session, Learner, Learner.id == learner_id)
        checks = [_locked_check(session, learner_id, kind) for kind in kinds]
        facts = [check_facts(session, learner, check.kind, now) for check in checks]
        missing = [one for fact in facts for one in fact.missing]
        if missing:
            raise Refused(missing)
        for check, fact in zip(checks, facts, strict=True):
            make_move(session, IDENTITY_CHECK, check, "submit", by=by, now=now, facts=fact, kind=check.kind)
            check.submitted_at, check.decided_at, check.decided_by_id = now, None, None
            for detail in check.returned:
                detail.mended_at = detail.mended_at or now
            _tell(session, check, "submit", now)


def decide_check(
    check_reference: str, move: str, *, by: Actor, now: datetime, reason: str = "", items: Sequence[ReturnItem] = (),
    version: int | None = None,
) -> None:
    """A person's verdict: verify, return (with at least one named item) or unable. Raises Refused, Stale, NotFound."""
    with transaction() as session:
        check = lock(session, IdentityCheck, IdentityCheck.reference == check_reference)
        expect_version(check, version)
        if move == "return" and not items:
            raise Refused(problem("item_missing", N_("Name at least one thing to correct."), field="items"))
        words = reason.strip() or " ".join(one.words for one in items)
        facts = check_facts(session, check.learner, check.kind, now, helpers=helpers_of(session, check.reference))
        make_move(session, IDENTITY_CHECK, check, move, by=by, now=now, facts=facts, reason=words, kind=check.kind,
                  items=[one.item for one in items], codes=[one.reason_code for one in items])
        check.decided_at, check.decided_by_id = now, by.account_id
        session.add_all(
            ReturnedDetail(check_id=check.id, item=one.item, reason_code=one.reason_code, words=one.words,
                           returned_at=now)
            for one in items if move == "return"
        )
        session.flush()
        _tell(session, check, move, now)
        if check.state == CheckState.VERIFIED and check.kind == CheckKind.IDENTITY:
            outbox.record(session, IdentityVerified(check.learner_id), now)


def require_open(session: Session, learner_id: int, kind: str) -> IdentityCheck:
    """The check, which the learner may still change. Raises Refused: it is being looked at, or decided."""
    check = _locked_check(session, learner_id, kind)
    refused = still_open(check.state)
    if refused:
        raise Refused(refused)
    return check


def _locked_check(session: Session, learner_id: int, kind: str) -> IdentityCheck:
    return lock(session, IdentityCheck, IdentityCheck.learner_id == learner_id, IdentityCheck.kind == str(kind))


def _tell(session: Session, check: IdentityCheck, move: str, now: datetime) -> None:
    outbox.record(session, IdentityCheckMoved(check.learner_id, check.reference, check.kind, move, check.state), now)


def _read(learner: Learner, details: IdentityDetails, today: date) -> tuple[str, str, str]:
    """Name, Latin name and number as they are kept, or Refused with everything that is wrong."""
    name, latin = read_name(details.legal_name), read_latin_name(details.latin_name)
    number = _read_number(learner, details, today)
    answers = (name, latin, number, may_sign_up(details.birth_date, today))
    problems = [one for one in answers if isinstance(one, Problem)]
    if isinstance(number, NumberReading):
        problems += number_differs(number, details.birth_date, details.sex)
    for field, value, known in [("sex", details.sex, SEX_NAMES), ("nationality", details.nationality, NATIONALITIES),
                                ("education", details.education, ("", *EDUCATION))]:
        if value not in known:
            problems.append(problem("not_a_choice", N_("Choose one of the list."), field=field))
    if problems:
        raise Refused(problems)
    assert isinstance(name, NameReading)
    assert isinstance(latin, NameReading)
    assert isinstance(number, NumberReading)
    return name.name, latin.name, number.number


def _read_number(learner: Learner, details: IdentityDetails, today: date) -> NumberReading | Problem:
    if details.id_type not in set(IdType):
        return problem("not_a_choice", N_("Choose one of the list."), field="id_type")
    typed = details.id_number or (learner.id_number if learner.id_type == details.id_type else "") or ""
    if not typed:
        return problem("id_number_missing", N_("Enter the number of your document."), field="id_number")
    return read_number(IdType(details.id_type), typed, today)


def _keep_number(session: Session, learner: Learner, id_type: str, number: str) -> None:
    """Sealed, unique by its keyed hash; of two people with one number at the same moment the second is refused."""
    try:
        with session.begin_nested():
            learner.id_type, learner.id_number = id_type, number
            learner.id_number_key, learner.id_number_mask = number_key(id_type, number), mask_number(number)
            session.flush()
    except IntegrityError as error:
        raise Refused(IN_USE) from error


def _changed(learner: Learner, details: IdentityDetails, name: str, number: str) -> list[str]:
    """The names of the fields that change; their values stand nowhere but in the record."""
    before = {"legal_name": learner.legal_name, "latin_name": learner.latin_name, "id_type": learner.id_type,
              "id_number": learner.id_number, "birth_date": learner.birth_date, "sex": learner.sex,
              "nationality": learner.nationality, "education": learner.education, "employer": learner.employer}
    after = {**vars(details), "legal_name": name, "id_number": number}
    return [field for field, value in before.items() if after[field] != value]


def reveal_number(learner_id: int, *, by: Actor, now: datetime, reason: str) -> str:
    """The whole document number, for a reason that is kept with who saw it and when. Raises Refused."""
    if not by.may(Permission.REVEAL_IDENTITY):
        raise Refused(NOT_PERMITTED)
    if not reason.strip():
        raise Refused(REASON_MISSING)
    with transaction() as session:
        learner = lock(session, Learner, Learner.id == learner_id)
        audit.record(session, "learner.reveal_number", learner.reference, by=by, now=now, learner_id=learner_id,
                     reason=reason)
        return learner.id_number or ""
