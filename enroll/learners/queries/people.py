"""Finding learners."""

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from enroll.accounts.models import Account
from enroll.accounts.rules.contacts import phone_key
from enroll.foundation.text import compared
from enroll.learners.models import Guardian, Learner
from enroll.learners.rules.numbers import IdType
from enroll.storage.sealing import keyed_hash

SHORTEST_PART = 2


def learner_of_account(session: Session, account_id: int) -> Learner | None:
    """The learner behind a sign-in, with their checks."""
    wanted = select(Learner).where(Learner.account_id == account_id)
    return session.scalar(wanted.options(selectinload(Learner.checks), joinedload(Learner.account)))


def learner_by_reference(session: Session, reference: str) -> Learner | None:
    wanted = select(Learner).where(Learner.reference == reference)
    return session.scalar(wanted.options(selectinload(Learner.checks), joinedload(Learner.account)))


def number_key(id_type: str, number: str) -> str:
    """The keyed hash under which a normalised document number is found and unique."""
    return keyed_hash("id_number", f"{id_type}:{number}")


def search_learners(text: str) -> Select[Learner]:
    """Learners by name (a part, of two characters and more), or by a whole reference, document number of any type,
    e-mail address, phone or user name. The page orders and limits them; a shorter text finds nobody."""
    wanted = select(Learner).join(Account, Account.id == Learner.account_id).options(joinedload(Learner.account))
    plain = compared(text)
    whole = [
        Learner.reference == plain, Account.email_key == text.lower(), Account.username == text.lower(),
        Account.phone == (phone_key(text) or plain), Learner.legal_name == text,
        Learner.id_number_key.in_([number_key(id_type, plain) for id_type in IdType]),
    ]
    if len(text) >= SHORTEST_PART:
        whole += [Learner.legal_name.contains(text, autoescape=True),
                  Learner.latin_name.icontains(text, autoescape=True)]
    return wanted.where(or_(*whole))


def guardian_of(session: Session, learner_id: int) -> Guardian | None:
    return session.scalar(select(Guardian).where(Guardian.learner_id == learner_id))


def guardian_by_token(session: Session, token: str) -> Guardian | None:
    return session.scalar(select(Guardian).where(Guardian.token == token))


def learner_by_id(session: Session, learner_id: int) -> Learner | None:
    return session.get(Learner, learner_id)
