"""What is said when staff help: acts done for somebody, and what waits for that person's own word."""

from datetime import datetime

from sqlalchemy.orm import Session

from enroll.applications.events import SignatureAsked
from enroll.applications.models import Application
from enroll.desk.rules.acts import words_of_act
from enroll.foundation.words import say
from enroll.groups.events import MemberInvited
from enroll.groups.models import ExamGroup
from enroll.learners.events import ActedOnBehalf
from enroll.learners.models import Learner
from enroll.learners.rules.behalf import ASKED_NAMES
from enroll.notifications.notices import Notice, Tell
from enroll.notifications.queries import account_of, one_by_reference
from enroll.recovery.events import RecoveryMoved
from enroll.recovery.models import Recovery
from enroll.storage.outbox import Happened


def acted_on_behalf(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    """At once, to the person it was done for: what, who, when, how to object."""
    event = happened.event
    values = {"reference": event.reference, "act": words_of_act(event.act), "name": event.by_name, "at": now,
              "asked": say(ASKED_NAMES[event.asked_by])}
    return [Notice(account_of(session, event.learner_id), f"behalf:{event.reference}:{happened.entry_id}",
                   "learners/on_behalf", values, "learners.on_my_behalf")]


def signature_asked(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    """The link goes to the learner's own address and stands in no inbox; the inbox says that something waits."""
    event = happened.event
    account = session.get_one(Learner, event.learner_id).account
    application = one_by_reference(session, Application, event.reference)
    values = {"application": application, "name": event.by_name, "window": application.window, "linked": False}
    about = f"{event.reference}:sign:{happened.entry_id}"
    told = [Notice(account.id, about, "applications/sign", values, "applications.show", {"reference": event.reference})]
    address = account.email if account.email_key else account.phone
    if event.token and address:
        told.append(Notice(account.id, f"{about}:link", "applications/sign", {**values, "linked": True}, "signing.show",
                           {"token": event.token}, address=address))
    return told


def recovery_moved(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    """While the waiting time runs: to every old address, how to object. To the new one: how it stands. Nothing is said
    before staff have found and recognised somebody: what was typed may be a stranger's."""
    event = happened.event
    one = one_by_reference(session, Recovery, event.reference)
    if one.learner is None or event.move not in RECOVERY_NEWS or one.checked_by_id is None:
        return []
    account, about = one.learner.account, f"{event.reference}:{event.move}"
    values = {"one": one, "move": event.move}
    told = [Notice(account.id, f"{about}:new", "recovery/moved", values, "recovery.ask" if event.move == "set" else "",
                   address=one.contact, language=one.language)]
    if event.move == "confirm" and event.cancel_token:
        page: tuple[str, dict[str, str]] = ("lost.objection", {"token": event.cancel_token})
        told += [Notice(account.id, f"{about}:{kind}", "recovery/objection", values, *page, address=address)
                 for kind, address in (("email", account.email if account.email_key else ""), ("sms", account.phone))
                 if address]
    return told


def member_invited(session: Session, happened: Happened, now: datetime) -> list[Notice]:
    """The link goes to the learner's own address; the inbox has the same words, with the way to their applications."""
    event = happened.event
    account = session.get_one(Learner, event.learner_id).account
    values, about = {"group": one_by_reference(session, ExamGroup, event.group)}, f"{event.group}:{happened.entry_id}"
    told = [Notice(account.id, about, "groups/invited", values, "groups.invitation", {"token": event.token})
            ] if event.token else []
    if event.token and not account.email_key and account.phone:
        told.append(Notice(account.id, f"{about}:link", "groups/invited", values, "groups.invitation",
                           {"token": event.token}, address=account.phone))
    return told


RECOVERY_NEWS = {"confirm", "set", "refuse", "stop", "object", "fail"}
TELLS: tuple[tuple[type, Tell], ...] = ((ActedOnBehalf, acted_on_behalf), (SignatureAsked, signature_asked),
                                        (RecoveryMoved, recovery_moved), (MemberInvited, member_invited))
