"""Joining: sign-up with an address and a code, and the learner it makes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from enroll.accounts.events import AccountChanged
from enroll.accounts.models import Account
from enroll.accounts.permissions import Role
from enroll.accounts.queries import account_by_contact
from enroll.accounts.rules.codes import Purpose
from enroll.accounts.rules.contacts import Contact
from enroll.accounts.services.codes import send_code, use_code
from enroll.accounts.services.inviting import accept_invitation
from enroll.accounts.services.opening import confirm_account, open_account
from enroll.audit.moves import begin
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import Refused
from enroll.learners.lifecycle import IDENTITY_CHECK, CheckKind
from enroll.learners.models import IdentityCheck, Learner
from enroll.learners.rules.ages import may_sign_up
from enroll.learners.services.consents import give_consents
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import transaction


@dataclass(frozen=True)
class SignUp:
    """A sign-up that waits for its code: what the browser keeps (sealed) until then."""

    account_id: int
    contact: Contact
    birth_date: date
    code_id: int


def begin_sign_up(
    contact: Contact, password_hash: str, birth_date: date, *, language: str, now: datetime, real_now: datetime
) -> SignUp:
    """Open an unconfirmed account and send its code. Where the address is somebody's already, its owner is told
    instead, and everything looks the same. Under 14 nothing is stored. Raises Refused."""
    refused = may_sign_up(birth_date, local_day(now))
    if refused:
        raise Refused(refused)
    with transaction() as session:
        account = open_account(password_hash, (Role.LEARNER,), by=SYSTEM, now=now, contacts=(contact,),
                               language=language)
        code_id = _send_code(session, account.id, contact, language, now, real_now)
        return SignUp(account.id, contact, birth_date, code_id)


def send_sign_up_code_again(sign_up: SignUp, *, language: str, now: datetime, real_now: datetime) -> SignUp:
    """Another code for the same sign-up; the one before no longer counts. Raises Refused: too soon, or too often."""
    with transaction() as session:
        code_id = _send_code(session, sign_up.account_id, sign_up.contact, language, now, real_now)
        return SignUp(sign_up.account_id, sign_up.contact, sign_up.birth_date, code_id)


def finish_sign_up(
    sign_up: SignUp, ticked: Mapping[str, int], *, now: datetime, real_now: datetime, network_address: str = ""
) -> Learner:
    """With a tried code: the account is confirmed, the learner begins, and what was ticked at sign-up is kept by the
    version that was read. Raises Refused: the code was used, or the address became another's meanwhile."""
    with transaction() as session:
        use_code(session, sign_up.code_id, Purpose.CONFIRM, real_now=real_now)
        account = confirm_account(session, sign_up.account_id, sign_up.contact, now=now)
        by = account.actor_at(now)
        learner = open_learner(account.id, sign_up.birth_date, by=by, now=now)
        give_consents(learner.id, ticked, by=by, now=now, network_address=network_address)
        return learner


def take_over_account(
    invitation_id: int, learner_id: int, password_hash: str, ticked: Mapping[str, int], *, now: datetime,
    real_now: datetime, network_address: str = "",
) -> Account:
    """An invited learner makes their account theirs: address confirmed, password set, the notice kept by the version
    that was read. Raises Refused: the link is over, or the address is somebody else's by now."""
    with transaction():
        account = accept_invitation(invitation_id, password_hash, now=now, real_now=real_now)
        give_consents(learner_id, ticked, by=account.actor_at(now), now=now, network_address=network_address)
        return account


def open_learner(account_id: int, birth_date: date, *, by: Actor, now: datetime) -> Learner:
    """The learner of an account, with the two checks not yet handed in."""
    with transaction() as session:
        learner = Learner(reference=next_reference(session, "L"), account_id=account_id, birth_date=birth_date,
                          joined_at=now)
        session.add(learner)
        session.flush()
        for kind in CheckKind:
            check = IdentityCheck(reference=next_reference(session, "I"), learner_id=learner.id, kind=str(kind))
            begin(session, IDENTITY_CHECK, check, by=by, now=now, kind=str(kind))
        return learner


def _send_code(
    session: Session, account_id: int, contact: Contact, language: str, now: datetime, real_now: datetime
) -> int:
    owner = account_by_contact(session, contact)
    if owner is not None:
        outbox.record(session, AccountChanged(owner.id, "address_wanted"), now)
    return send_code(account_id, Purpose.CONFIRM, contact.key, language=language, now=now, real_now=real_now,
                     decoy=owner is not None)
