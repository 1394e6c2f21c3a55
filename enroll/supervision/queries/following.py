"""An adviser's learners with what needs looking at, and contacts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, joinedload

from enroll.accounts.models import Account
from enroll.applications.lifecycle import ApplicationState
from enroll.applications.models import Application
from enroll.courses.lifecycle import WorkState
from enroll.courses.models.works import PracticeWork
from enroll.enrolments.lifecycle import EnrolmentState
from enroll.enrolments.models import Cohort, Enrolment
from enroll.fees.lifecycle import FeeState
from enroll.fees.models import Fee
from enroll.foundation.clock import local_day
from enroll.foundation.words import N_
from enroll.hours.lifecycle import DoubtState
from enroll.hours.models import HoursBalance, HoursDoubt, LedgerEntry
from enroll.hours.queries.ledger import fills_a_day
from enroll.hours.queries.standing import open_windows, totals_of
from enroll.hours.rules.pace import PACE_DAYS, Forecast, WindowDates, forecast
from enroll.hours.rules.standing import Totals, minutes_left
from enroll.learners.models import Learner
from enroll.storage.paging import Page, page_by_id
from enroll.supervision.lifecycle import ContactState
from enroll.supervision.models import Contact
from enroll.supervision.rules.following import ContactFacts
from enroll.supervision.rules.reminding import NudgeFacts
from enroll.supervision.rules.risk import Following, RiskFound, risks_of, weight_of

WHO = joinedload(Contact.adviser).lazyload(Account.grants)  # the name alone is read
MOST_FOLLOWED = 1000  # of one list: an adviser has some dozens
DUE_WORDS = {
    "correction": N_("Application to be corrected by %(moment)s"),
    "payment": N_("Fee to be paid by %(moment)s"),
}


@dataclass(frozen=True)
class FollowedRow:
    """One learner on the list, with what is found about them and the contacts around now."""

    enrolment: Enrolment
    minutes: int
    following: Following
    risks: tuple[RiskFound, ...]
    last_contact: datetime | None
    next_contact: datetime | None

    @property
    def learner(self) -> Learner:
        return self.enrolment.learner

    @property
    def weight(self) -> int:
        return weight_of(self.risks)

    @property
    def nudge_facts(self) -> NudgeFacts:
        demands = self.enrolment.demands
        return NudgeFacts(self.learner.legal_name or self.learner.reference, self.enrolment.cohort.adviser.name,
                          self.minutes, demands.required_minutes, demands.unit, self.following.forecast,
                          self.following.idle_days)


def followed(
    session: Session, now: datetime, *, adviser_id: int | None = None, cohort: str = "",
    references: Sequence[str] | None = None,
) -> list[FollowedRow]:
    """Everybody who studies and whose adviser this is (or in this cohort, or these), who needs the adviser most first.
    As many statements for one learner as for a thousand."""
    pairs = _studying(session, adviser_id, cohort, references)
    numbers = [enrolment.id for enrolment, _ in pairs]
    people = [enrolment.learner_id for enrolment, _ in pairs]
    (paces, works), dues = _studies(session, numbers, now), _dues(session, people)
    contacts = _contacts(session, people, now)
    windows = {programme: open_windows(session, programme, now)
               for programme in sorted({enrolment.programme_id for enrolment, _ in pairs})}
    rows = []
    for enrolment, kept in pairs:
        totals = totals_of(kept) if kept else Totals()
        one = Following(
            _forecast(enrolment, totals, paces.get(enrolment.id, (0, 0)), windows[enrolment.programme_id], now),
            local_day(kept.last_credit_at if kept and kept.last_credit_at else enrolment.enrolled_at), local_day(now),
            *works.get(enrolment.id, (0, 0)), tuple(dues.get(enrolment.learner_id, ())),
        )
        last, coming = contacts.get(enrolment.learner_id, (None, None))
        rows.append(FollowedRow(enrolment, totals.minutes, one, risks_of(one, now), last, coming))
    return sorted(rows, key=lambda row: (-row.weight, -row.following.idle_days, row.enrolment.id))


def followed_learner(session: Session, reference: str, now: datetime) -> FollowedRow | None:
    return next(iter(followed(session, now, references=[reference])), None)


def cohorts_advised(session: Session, adviser_id: int | None) -> Sequence[Cohort]:
    """The open cohorts of an adviser; of everybody, where none is named."""
    wanted = select(Cohort).where(Cohort.closed_at.is_(None)).order_by(Cohort.code.desc())
    return session.scalars(wanted.where(Cohort.adviser_id == adviser_id) if adviser_id else wanted).all()


def learner_of_account(session: Session, account_id: int) -> Learner | None:
    return session.scalar(select(Learner).where(Learner.account_id == account_id))


def learner_by_reference(session: Session, reference: str) -> Learner | None:
    return session.scalar(select(Learner).where(Learner.reference == reference))


def newest_enrolment(session: Session, learner_id: int) -> Enrolment | None:
    wanted = select(Enrolment).where(Enrolment.learner_id == learner_id, Enrolment.state != EnrolmentState.WITHDRAWN)
    return session.scalar(wanted.order_by(Enrolment.id.desc()).limit(1))


def my_adviser(session: Session, learner_id: int) -> Account | None:
    """The adviser of the newest enrolment that was not withdrawn."""
    return session.scalar(
        select(Account).join(Cohort, Cohort.adviser_id == Account.id)
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .where(Enrolment.learner_id == learner_id, Enrolment.state != EnrolmentState.WITHDRAWN)
        .order_by(Enrolment.id.desc()).limit(1))


# Contacts.

def contacts_of(session: Session, learner_id: int, *, at_most: int = 40) -> Sequence[Contact]:
    wanted = select(Contact).where(Contact.learner_id == learner_id).options(WHO)
    return session.scalars(wanted.order_by(Contact.id.desc()).limit(at_most)).all()


def contacts_planned(session: Session, *, adviser_id: int | None = None, after: int | None = None) -> Page[Contact]:
    wanted = select(Contact).where(Contact.state == ContactState.PLANNED).options(
        joinedload(Contact.learner), WHO)
    if adviser_id is not None:
        wanted = wanted.where(Contact.adviser_id == adviser_id)
    return page_by_id(session, wanted, Contact.id, after=after, descending=False)


def contact_by_reference(session: Session, reference: str) -> Contact | None:
    whole = (joinedload(Contact.learner), WHO)
    return session.scalar(select(Contact).where(Contact.reference == reference).options(*whole))


def contact_facts(contact: Contact) -> ContactFacts:
    return ContactFacts(contact.learner.account_id)


def calls_waiting(session: Session, learner_id: int) -> int:
    wanted = select(func.count(Contact.id)).where(
        Contact.learner_id == learner_id, Contact.state == ContactState.PLANNED, Contact.asked_by_learner)
    return session.scalar(wanted) or 0


def _studying(
    session: Session, adviser_id: int | None, cohort: str, references: Sequence[str] | None
) -> list[tuple[Enrolment, HoursBalance | None]]:
    wanted = (
        select(Enrolment, HoursBalance).join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .outerjoin(HoursBalance, HoursBalance.enrolment_id == Enrolment.id)
        .where(Enrolment.state == EnrolmentState.ACTIVE)
        .options(joinedload(Enrolment.learner).joinedload(Learner.account).lazyload(Account.grants),
                 joinedload(Enrolment.cohort).joinedload(Cohort.adviser).lazyload(Account.grants))
        .order_by(Enrolment.id.desc()).limit(MOST_FOLLOWED)
    )
    if adviser_id is not None:
        wanted = wanted.where(Cohort.adviser_id == adviser_id)
    if cohort:
        wanted = wanted.where(Cohort.code == cohort)
    if references is not None:
        wanted = wanted.where(Learner.reference.in_(references))
    return [(row[0], row[1]) for row in session.execute(wanted)]


def _studies(
    session: Session, numbers: Sequence[int], now: datetime
) -> tuple[dict[int, tuple[int, int]], dict[int, tuple[int, int]]]:
    """By enrolment: minutes of the last 14 days, and those of today that the day's limit looks at; and works and doubts
    that wait for us, and works that wait for the learner."""
    today = local_day(now)
    watched = (LedgerEntry.local_day == today) & fills_a_day()
    minutes = select(
        literal("minutes"), LedgerEntry.enrolment_id, func.sum(LedgerEntry.minutes),
        func.sum(case((watched, LedgerEntry.minutes), else_=0)),
    ).where(LedgerEntry.enrolment_id.in_(numbers), LedgerEntry.local_day >= today - timedelta(days=PACE_DAYS - 1))
    works = select(
        literal("works"), PracticeWork.enrolment_id, func.count().filter(PracticeWork.state == WorkState.HANDED_IN),
        func.count().filter(PracticeWork.state == WorkState.RETURNED),
    ).where(PracticeWork.enrolment_id.in_(numbers))
    doubts = select(literal("doubts"), HoursDoubt.enrolment_id, func.count(), literal(0)).where(
        HoursDoubt.enrolment_id.in_(numbers), HoursDoubt.state == DoubtState.OPEN)
    rows: Sequence[Any] = session.execute(union_all(
        minutes.group_by(LedgerEntry.enrolment_id), works.group_by(PracticeWork.enrolment_id),
        doubts.group_by(HoursDoubt.enrolment_id),
    )).all()
    paces: dict[int, tuple[int, int]] = {}
    waiting: dict[int, tuple[int, int]] = {}
    for what, number, first, second in rows:
        if what == "minutes":
            paces[number] = (max(int(first), 0), int(second))
        else:
            ours, theirs = waiting.get(number, (0, 0))
            waiting[number] = (ours + int(first), theirs + int(second))
    return paces, waiting


def _forecast(
    enrolment: Enrolment, totals: Totals, pace: tuple[int, int], windows: Sequence[WindowDates], now: datetime
) -> Forecast:
    demands = enrolment.demands
    return forecast(minutes_left(demands, totals, enrolment.direction_code), demands.most_minutes_a_day, pace[0],
                    local_day(now), windows, credited_today=pace[1])


def _dues(session: Session, people: Sequence[int]) -> dict[int, list[tuple[datetime, str]]]:
    """By learner: what they must do until when."""
    corrections = select(Application.learner_id, Application.correct_by, literal("correction")).where(
        Application.learner_id.in_(people), Application.state == ApplicationState.RETURNED,
        Application.correct_by.is_not(None))
    fees = select(Fee.learner_id, Fee.due_at, literal("payment")).where(
        Fee.learner_id.in_(people), Fee.state.in_([FeeState.DUE, FeeState.PART_PAID]), Fee.due_at.is_not(None))
    found: dict[int, list[tuple[datetime, str]]] = {}
    rows: Sequence[Any] = session.execute(union_all(corrections, fees)).all()
    for learner, moment, what in rows:
        found.setdefault(learner, []).append((moment, DUE_WORDS[what]))
    return found


def _contacts(
    session: Session, people: Sequence[int], now: datetime
) -> dict[int, tuple[datetime | None, datetime | None]]:
    """By learner: when they were last talked with, and when the next contact is planned."""
    planned = Contact.state == ContactState.PLANNED
    wanted = select(Contact.learner_id, func.max(Contact.done_at), func.min(case((planned, Contact.due_at)))).where(
        Contact.learner_id.in_(people), or_(planned, Contact.done_at >= now - timedelta(days=365)))
    return {learner: (last, coming) for learner, last, coming in session.execute(wanted.group_by(Contact.learner_id))}
