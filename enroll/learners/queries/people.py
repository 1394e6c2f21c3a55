"""Finding learners."""

from sqlalchemy import ColumnElement, Select, and_, select, union
from sqlalchemy.orm import Session, joinedload

from enroll.accounts.models import Account
from enroll.accounts.rules.contacts import phone_key
from enroll.foundation.text import compared
from enroll.learners.models import Guardian, Learner
from enroll.learners.rules.numbers import IdType
from enroll.storage.sealing import keyed_hash
from enroll.storage.searching import begins_with

SHORTEST_PART = 2


def learner_of_account(session: Session, account_id: int) -> Learner | None:
    """The learner behind a sign-in."""
    wanted = select(Learner).where(Learner.account_id == account_id)
    return session.scalar(wanted.options(joinedload(Learner.account)))


def learner_by_reference(session: Session, reference: str) -> Learner | None:
    wanted = select(Learner).where(Learner.reference == reference)
    return session.scalar(wanted.options(joinedload(Learner.account)))


def learners_by_reference(session: Session, *references: str) -> list[Learner]:
    """Those of them that there are, the earliest record first."""
    wanted = select(Learner).where(Learner.reference.in_(references)).options(joinedload(Learner.account))
    return list(session.scalars(wanted.order_by(Learner.id)))


def number_key(id_type: str, number: str) -> str:
    """The keyed hash under which a normalised document number is found and unique."""
    return keyed_hash("id_number", f"{id_type}:{number}")


def search_learners(text: str) -> Select[Learner]:
    """Learners by the beginning of their name (two characters and more), or by a whole name, reference, document number
    of any type, e-mail address, phone or user name. The page orders and limits them.

    One question for each index, united: a database that is asked them with OR across two tables reads both whole.
    """
    plain, in_latin = compared(text), {text, text.upper(), text.title()}
    of_learner: list[ColumnElement[bool]] = [
        Learner.reference == plain, Learner.legal_name == text,
        *(and_(Learner.id_type == kind, Learner.id_number_key == number_key(kind, plain)) for kind in IdType),
    ]
    of_account: list[ColumnElement[bool]] = [Account.email_key == text.lower(), Account.username == text.lower(),
                  Account.phone == (phone_key(text) or plain)]
    if len(text) >= SHORTEST_PART:
        of_learner += [begins_with(Learner.legal_name, text),
                       *(begins_with(Learner.latin_name, one) for one in in_latin)]
        of_account.append(begins_with(Account.name, text))
    known = [select(Learner.id).where(one) for one in of_learner]
    known += [select(Learner.id).join(Account, Account.id == Learner.account_id).where(one) for one in of_account]
    return select(Learner).where(Learner.id.in_(union(*known))).options(joinedload(Learner.account))


def guardian_of(session: Session, learner_id: int) -> Guardian | None:
    return session.scalar(select(Guardian).where(Guardian.learner_id == learner_id))


def guardian_by_token(session: Session, token: str) -> Guardian | None:
    return session.scalar(select(Guardian).where(Guardian.token == token))


def learner_by_id(session: Session, learner_id: int) -> Learner | None:
    return session.get(Learner, learner_id)
