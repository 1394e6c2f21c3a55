"""What changes for many at once, and what the office must act on: dates that moved, windows that do not take place,
money that came too late."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.accounts.permissions import Role
from enroll.accounts.queries import holders_of
from enroll.applications.events import OpinionMoved, OutageFelt, OutageReported
from enroll.applications.models import Outage, SecondOpinion
from enroll.applications.queries.affected import concerned_by
from enroll.applications.rules.colleagues import ADVICE_NAMES, Advice
from enroll.applications.rules.deadlines import EXTENDED_NAMES
from enroll.courses.events import PracticeWorkGiven
from enroll.courses.models.works import PracticeWork
from enroll.fees.events import PaymentCameLate
from enroll.fees.models import Fee, Payment
from enroll.foundation.words import say
from enroll.notifications.notices import Notice, Tell
from enroll.notifications.queries import account_of, one_by_reference
from enroll.programmes.events import WindowDateMoved, WindowMoved
from enroll.programmes.models import Window
from enroll.programmes.rules.windows import DATE_LABELS
from enroll.storage.outbox import Happened


def payment_came_late(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    """Finance decides what becomes of it; the learner hears that it arrived and is not lost. Where it took the seat
    again, nobody has to act, and the application's own news says so."""
    event = happened.event
    payment = session.get_one(Payment, event.payment_id)
    if payment.reconciled is not None:
        return []
    values = {"fee": one_by_reference(session, Fee, event.reference), "payment": payment}
    about = f"{event.reference}:late:{event.payment_id}"
    to_office = [Notice(one.id, about, "fees/late_office", values, "fees_staff.reconciliation")
                 for one in holders_of(session, [Role.FINANCE], now)]
    return [Notice(account_of(session, event.learner_id), about, "fees/late", values, "fees.mine"), *to_office]


def window_moved(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    """A cancelled window: learners hear it of their own application (ApplicationMoved, cancel_window); here finance,
    who give the money back, and the exam officers, who call off the sites. A published one asks nobody to act."""
    if happened.event.move != "cancel":
        return []
    values = {"window": _window(session, happened.event.code)}
    return [Notice(one.id, f"window:{happened.event.code}:cancel", "programmes/window_cancelled", values,
                   "fees_staff.refunds" if Role.FINANCE in one.roles_at(now) else "sittings_staff.index")
            for one in holders_of(session, [Role.FINANCE, Role.EXAM_OFFICER], now)]


def window_date_moved(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    """Everybody with a live application or booking in the window whom the date concerns; exam officers always."""
    event = happened.event
    window = _window(session, event.code)
    values = {"window": window, "label": say(DATE_LABELS[event.name]), "before": datetime.fromisoformat(event.before),
              "after": datetime.fromisoformat(event.after), "reason": event.reason}
    about = f"window:{event.code}:{event.name}:{event.after}"
    officers = [Notice(one.id, about, "programmes/date_moved_office", values, "staff_windows.show",
                       {"code": event.code}) for one in holders_of(session, [Role.EXAM_OFFICER], now)]
    return officers + [Notice(account_id, about, "programmes/date_moved", values | {"own": own}, "applications.mine")
                       for account_id, own in concerned_by(session, window, event.name)]


def outage_reported(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    """Leads who did not record it: nothing moves until one of them has looked."""
    outage = one_by_reference(session, Outage, happened.event.reference)
    return [Notice(one.id, f"{outage.reference}:reported", "applications/outage_office", {"outage": outage},
                   "outages_staff.show", {"reference": outage.reference})
            for one in holders_of(session, [Role.REVIEW_LEAD], now) if one.id != outage.reported_by_id]


def outage_felt(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    event = happened.event
    values = {"outage": one_by_reference(session, Outage, event.outage), "outcome": event.outcome, "name": event.name,
              "label": say(EXTENDED_NAMES[event.name]), "after": datetime.fromisoformat(event.after)}
    about = f"{event.outage}:{event.subject}:{event.name}:{happened.entry_id}"
    return [Notice(account_of(session, event.learner_id), about,
                   "applications/outage", values, "applications.show", {"reference": event.subject})]


def opinion_moved(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    """The colleague who was asked by name; afterwards whoever asked. A question to everybody stands in their queue."""
    asked = one_by_reference(session, SecondOpinion, happened.event.reference)
    given = happened.event.move == "answer"
    to = asked.asked_by_id if given else asked.asked_of_id
    values = {"asked": asked, "given": given, "advice": ADVICE_NAMES[Advice(asked.advice)] if given else ""}
    return [] if to is None else [Notice(to, f"{asked.reference}:{happened.event.move}", "applications/opinion", values,
                                         "applications_staff.case", {"reference": asked.application.reference})]


def work_given(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    event = happened.event
    work = one_by_reference(session, PracticeWork, event.reference)
    if work.trainer_id != event.trainer_id:
        return []  # handed on again meanwhile
    values = {"work": work, "by_name": event.by_name}
    return [Notice(event.trainer_id, f"{event.reference}:given:{happened.entry_id}", "courses/given", values,
                   "courses_staff.show", {"reference": event.reference})]


def _window(session: Session, code: str) -> Window:
    return session.scalars(select(Window).where(Window.code == code)).one()


TELLS: tuple[tuple[type, Tell], ...] = (
    (PaymentCameLate, payment_came_late), (WindowMoved, window_moved), (WindowDateMoved, window_date_moved),
    (OutageReported, outage_reported), (OutageFelt, outage_felt), (OpinionMoved, opinion_moved),
    (PracticeWorkGiven, work_given),
)
