"""Finding who the rows of a list are about, and who has not yet taken over their account."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from enroll.accounts.lifecycle import AccountState
from enroll.accounts.models import Account, Invitation
from enroll.enrolments.models import Cohort, Enrolment
from enroll.foundation.problems import Problem
from enroll.handovers.rules.reading import Whose
from enroll.hours.models import LedgerEntry, Source
from enroll.learners.models import Learner
from enroll.learners.rules.names import read_name
from enroll.storage.imports import StagedImport
from enroll.storage.paging import Page, page_by_id


@dataclass(frozen=True)
class Known:
    """The learners that rows name, by what was written."""

    by_key: dict[str, list[Learner]]

    def who(self, whose: Whose) -> Learner | None:
        """The one learner with this key and this name; None for nobody, for two, and for another name."""
        found = self.by_key.get(whose.key, [])
        if len(found) != 1:
            return None
        read = read_name(whose.name)
        name = whose.name if isinstance(read, Problem) else read.name
        return found[0] if name in (found[0].legal_name, found[0].account.name) else None


def learners_named(session: Session, keys: Collection[str]) -> Known:
    """Learners by reference, confirmed address, or the address their invitation went to: three questions for all."""
    whole = select(Learner).options(joinedload(Learner.account).lazyload(Account.grants))
    by_key: dict[str, list[Learner]] = {}

    def add(key: str | None, learner: Learner) -> None:
        if key in wanted and learner not in by_key.setdefault(str(key), []):
            by_key[str(key)].append(learner)

    wanted = set(keys)
    for learner in session.scalars(whole.join(Account, Account.id == Learner.account_id).where(
            or_(Learner.reference.in_(wanted), Account.email_key.in_(wanted), Account.phone.in_(wanted)))):
        for key in (learner.reference, learner.account.email_key, learner.account.phone):
            add(key, learner)
    invited = session.execute(
        select(Invitation.address, Learner).join(Learner, Learner.account_id == Invitation.account_id)
        .options(joinedload(Learner.account).lazyload(Account.grants))
        .where(Invitation.address.in_(wanted), Invitation.replaced_at.is_(None)))
    for address, learner in invited:
        add(address, learner)
    return Known(by_key)


@dataclass(frozen=True)
class Waiting:
    """Somebody who was invited and has not taken the account over."""

    learner: Learner
    cohort: str
    invitation: Invitation


def not_taken_over(session: Session, after: int | None = None) -> Page[Invitation]:
    """Open invitations of accounts nobody has taken over, the oldest first, with their learner and cohort."""
    wanted = (
        select(Invitation).join(Account, Account.id == Invitation.account_id)
        .where(Invitation.used_at.is_(None), Invitation.replaced_at.is_(None),
               Account.state == AccountState.UNCONFIRMED)
    )
    return page_by_id(session, wanted, Invitation.id, after=after)


def waiting_for(session: Session, invitations: Sequence[Invitation]) -> list[Waiting]:
    by_account = {one.account_id: one for one in invitations}
    learners = session.scalars(select(Learner).where(Learner.account_id.in_(by_account))).all()
    cohorts = {row.learner_id: row.code for row in session.execute(
        select(Enrolment.learner_id, Cohort.code).join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Enrolment.learner_id.in_([one.id for one in learners])).order_by(Enrolment.id))}
    rows = [Waiting(one, cohorts.get(one.id, ""), by_account[one.account_id]) for one in learners]
    return sorted(rows, key=lambda row: row.invitation.id)


def lists_waiting(session: Session) -> Sequence[StagedImport]:
    """Lists that were read and are neither written down nor put away, the oldest first."""
    return session.scalars(select(StagedImport).where(
        StagedImport.kind.startswith("handover:"), StagedImport.applied_at.is_(None),
        StagedImport.abandoned_at.is_(None)).order_by(StagedImport.id).limit(100)).all()


def people_of(session: Session, lists: Sequence[StagedImport]) -> list[tuple[str, str]]:
    """Who brought each list and who confirmed it."""
    ids = {number for row in lists for number in (row.uploaded_by_id, row.applied_by_id) if number is not None}
    names = {one.id: one.name or one.username or one.reference for one in session.scalars(
        select(Account).where(Account.id.in_(ids)))}
    return [(names[row.uploaded_by_id], names.get(row.applied_by_id or 0, "")) for row in lists]


def unsound_handovers(session: Session) -> Iterator[str]:
    """Hours of before that two people do not stand for, or that name no source, for `flask doctor`. Parts and
    certificates of before are held to it by the database."""
    wanted = select(LedgerEntry).where(LedgerEntry.source == Source.OPENING, or_(
        LedgerEntry.recorded_by_id.is_(None), LedgerEntry.second_person_id.is_(None), LedgerEntry.reason == "",
        LedgerEntry.recorded_by_id == LedgerEntry.second_person_id))
    for row in session.scalars(wanted.order_by(LedgerEntry.id)):
        yield f"entry {row.id} of enrolment {row.enrolment_id} was brought over without two people or a source"
