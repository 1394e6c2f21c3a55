"""The reason library as staff keep it: added, worded anew, taken out of use and back. Nothing is removed."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.audit import services as audit
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, Refused, problem
from enroll.foundation.words import N_
from enroll.learners.models import Reason, ReasonWording
from enroll.learners.rules.reasons import ReasonWords, faults_of
from enroll.storage.counters import next_number
from enroll.storage.database import lock, transaction

KEEPS = (Permission.LEAD_REVIEW, Permission.MANAGE_SETTINGS)
LAST_OF_ITEM = problem("last_reason", N_("This is the last reason of its item; word it anew instead."))

MOVED_ON = problem("moved_on", N_("Somebody changed this reason meanwhile; the page shows it as it is now."))


def _named(item: str, code: str) -> str:
    """How the audit calls a reason, as every record is called there: PHOTO-BLUR."""
    return f"{item}-{code}".upper().replace("_", "-")


def add_to_library(item: str, outcome: str, words: ReasonWords, *, by: Actor, now: datetime) -> str:
    """A new reason about an item; gives its code. Raises Refused with every fault."""
    _require(words, outcome, by)
    with transaction() as session:
        code = f"own-{next_number(session, 'reason')}"
        row = Reason(item=item, code=code, outcome=outcome, **words.as_kept())
        session.add(row)
        session.flush()
        _keep_wording(session, row, by, now)
        audit.record(session, "reasons.add", _named(item, code), by=by, now=now, words=words.words_zh)
        return code


def word_anew(
    item: str, code: str, outcome: str, words: ReasonWords, *, why: str = "", by: Actor, now: datetime,
    seen_version: int | None = None,
) -> None:
    """Another wording from now on; decisions keep the words they were given. Raises Refused with every fault."""
    _require(words, outcome, by)
    with transaction() as session:
        row = _locked(session, item, code, seen_version)
        _keep_as_it_came(session, row)
        row.outcome = outcome
        for name, said in words.as_kept().items():
            setattr(row, name, said)
        _keep_wording(session, row, by, now, why)
        audit.record(session, "reasons.word", _named(item, code), by=by, now=now, why=why, version=row.version)


def set_in_use(
    item: str, code: str, in_use: bool, *, by: Actor, now: datetime, seen_version: int | None = None
) -> None:
    """Take a reason out of use, or back. The last one of an item stays: a return needs one."""
    if not any(by.may(one) for one in KEEPS):
        raise Refused(NOT_PERMITTED)
    with transaction() as session:
        row = _locked(session, item, code, seen_version)
        if in_use == (row.retired_at is None):
            return
        others = select(func.count()).select_from(Reason).where(
            Reason.item == item, Reason.retired_at.is_(None), Reason.id != row.id)
        if not in_use and not session.scalar(others):
            raise Refused(LAST_OF_ITEM)
        _keep_as_it_came(session, row)
        row.retired_at = None if in_use else now
        _keep_wording(session, row, by, now)
        audit.record(session, "reasons.restore" if in_use else "reasons.retire", _named(item, code), by=by, now=now)


def _require(words: ReasonWords, outcome: str, by: Actor) -> None:
    if not any(by.may(one) for one in KEEPS):
        raise Refused(NOT_PERMITTED)
    faults = faults_of(words, outcome)
    if faults:
        raise Refused(faults)


def _locked(session: Session, item: str, code: str, seen_version: int | None) -> Reason:
    row = lock(session, Reason, Reason.item == item, Reason.code == code)
    if seen_version is not None and seen_version != row.version:
        raise Refused(MOVED_ON)
    return row


def _keep_as_it_came(session: Session, row: Reason) -> None:
    """Before the first change: the wording the library came with."""
    if row.version == 1 and session.scalar(select(ReasonWording.id).where(ReasonWording.reason_id == row.id)) is None:
        session.add(_wording(row, 1))
    row.version += 1


def _keep_wording(session: Session, row: Reason, by: Actor, now: datetime, why: str = "") -> None:
    kept = _wording(row, row.version, why)
    kept.from_at, kept.made_by_name, kept.made_by_id = now, by.name, by.account_id
    session.add(kept)


def _wording(row: Reason, number: int, why: str = "") -> ReasonWording:
    words = ReasonWords(row.words_zh, row.words_en, row.advice_zh, row.advice_en, row.example_zh, row.example_en)
    return ReasonWording(reason_id=row.id, number=number, outcome=row.outcome, words=words.as_kept(),
                         retired=row.retired_at is not None, why=why)
