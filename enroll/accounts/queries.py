"""Reading accounts and their sessions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, literal_column, or_, select, union
from sqlalchemy.orm import Session, selectinload

from enroll.accounts.lifecycle import AccountState
from enroll.accounts.models import Account, ConfirmationCode, Invitation, RoleGrant, SignInAttempt, WebSession
from enroll.accounts.permissions import Role, granted
from enroll.accounts.rules.contacts import EMAIL, Contact, phone_key, read_contact
from enroll.accounts.rules.invitations import InvitationFacts, invitation_is_open
from enroll.accounts.rules.lockout import KNOWN_PLACE, REMEMBERED, WINDOW
from enroll.accounts.rules.roles import RoleFacts, holds
from enroll.accounts.rules.sessions import SessionLimits, session_is_live
from enroll.foundation.actor import Actor
from enroll.foundation.text import compared
from enroll.storage.sealing import keyed_hash

SEEN_EVERY = timedelta(minutes=1)
MOST_COUNTED = 40  # of the latest wrong tries; the longest wait is reached long before
STAFF_ROLES = [str(role) for role in Role if role != Role.LEARNER]


@dataclass(frozen=True)
class LiveSession:
    """A session somebody is signed in by, and who that is."""

    id: int
    seen_at: datetime
    proved_at: datetime
    account_id: int
    reference: str
    username: str | None
    name: str
    language: str
    roles: frozenset[Role]
    single_keys: bool

    @property
    def actor(self) -> Actor:
        return Actor(self.account_id, self.name or self.username or self.reference, granted(self.roles))


def session_by_token(
    session: Session, token: str, real_now: datetime, limits: SessionLimits, *, now: datetime
) -> LiveSession | None:
    """The live session behind a cookie's token; ended, idle or of a disabled account is None. Sessions live in real
    time, roles in the program's (`now`).

    Every request asks this, so it reads the columns it needs and makes no records of them: a row for each grant.
    """
    rows = session.execute(_BEHIND_A_TOKEN, {"hashed": keyed_hash("session", token)}).all()
    if not rows or rows[0].ended_at is not None or rows[0].state != AccountState.ACTIVE:
        return None
    first = rows[0]
    roles = frozenset(Role(one.role) for one in rows if one.role and holds(one.from_at, one.until_at, now))
    if not session_is_live(first.begun_at, first.seen_at, real_now, limits, staff=roles != frozenset({Role.LEARNER})):
        return None
    return LiveSession(first.id, first.seen_at, first.proved_at, first.account_id, first.reference, first.username,
                       first.name, first.language, roles, first.single_keys)


_BEHIND_A_TOKEN = (
    select(WebSession.id, WebSession.begun_at, WebSession.seen_at, WebSession.proved_at, WebSession.ended_at,
           WebSession.account_id, Account.reference, Account.username, Account.name, Account.language, Account.state,
           Account.single_keys, RoleGrant.role, RoleGrant.from_at, RoleGrant.until_at)
    .join(Account, Account.id == WebSession.account_id).outerjoin(RoleGrant, RoleGrant.account_id == Account.id)
    .where(WebSession.token_hash == bindparam("hashed"))
)


def sessions_of(
    session: Session, account_id: int, real_now: datetime, limits: SessionLimits, *, staff: bool
) -> list[WebSession]:
    """The sessions in which somebody is still signed in, the latest first."""
    wanted = select(WebSession).where(WebSession.account_id == account_id, WebSession.ended_at.is_(None))
    rows = session.scalars(wanted.order_by(WebSession.seen_at.desc())).unique().all()
    return [row for row in rows if session_is_live(row.begun_at, row.seen_at, real_now, limits, staff=staff)]


def account_by_reference(session: Session, reference: str) -> Account | None:
    return session.scalar(select(Account).where(Account.reference == reference))


def account_by_contact(session: Session, contact: Contact) -> Account | None:
    """The account that has confirmed this address."""
    column = Account.email_key if contact.kind == EMAIL else Account.phone
    return session.scalar(select(Account).where(column == contact.key))


def account_by_sign_in_name(session: Session, typed: str) -> Account | None:
    """The account of a user name, a confirmed e-mail address or a confirmed phone number, however it is spelled."""
    if "@" in compared(typed):
        contact = read_contact(typed)
        return account_by_contact(session, contact) if isinstance(contact, Contact) else None
    phone = phone_key(typed)
    if phone is not None:
        return session.scalar(select(Account).where(Account.phone == phone))
    return session.scalar(select(Account).where(Account.username == compared(typed).lower()))


def codes_sent_to(session: Session, address: str, since: datetime) -> Sequence[datetime]:
    """When codes went (or would have gone) to this address."""
    return session.scalars(
        select(ConfirmationCode.sent_at).where(ConfirmationCode.address == address, ConfirmationCode.sent_at > since)
    ).all()


@dataclass(frozen=True)
class Failures:
    """The wrong tries that count against the next one: on this name, and from this place."""

    on_name: Sequence[datetime]
    from_place: Sequence[datetime]


def failures_before(session: Session, name_hash: str, place: str, now: datetime) -> Failures:
    """Somebody who has signed in from this place before is counted here alone, whatever others try elsewhere."""
    tried = SignInAttempt
    here = (tried.name_hash == name_hash, tried.network_address == place)
    last_right = session.scalar(
        select(func.max(tried.at)).where(*here, tried.succeeded.is_(True), tried.at > now - KNOWN_PLACE)
    )
    day_ago = now - REMEMBERED
    wrong = select(tried.at).where(tried.succeeded.is_(False)).order_by(tried.at.desc()).limit(MOST_COUNTED)
    if last_right is not None:
        mine = wrong.where(*here, tried.at > max(last_right, day_ago))
        return Failures(session.scalars(mine).all(), ())
    return Failures(
        session.scalars(wrong.where(tried.name_hash == name_hash, tried.at > day_ago)).all(),
        session.scalars(wrong.where(tried.network_address == place, tried.at > now - WINDOW)).all(),
    )


def role_facts(session: Session, account: Account, now: datetime) -> RoleFacts:
    """What changing this account's roles depends on. Called under the lock of every administrator's account."""
    held = role_held(Role.ADMINISTRATOR, now)
    others = session.scalar(
        select(func.count()).select_from(Account)
        .where(Account.id != account.id, Account.state == AccountState.ACTIVE, held)
    )
    return RoleFacts(account.id, Role.ADMINISTRATOR in account.roles_at(now), others or 0)


def role_held(role: Role, now: datetime) -> ColumnElement[bool]:
    """As a condition on Account: holds the role at this moment."""
    return exists().where(
        RoleGrant.account_id == Account.id, RoleGrant.role == str(role), RoleGrant.from_at <= now,
        or_(RoleGrant.until_at.is_(None), RoleGrant.until_at > now),
    )


def holders_of(session: Session, roles: Sequence[Role], now: datetime) -> Sequence[Account]:
    """Active accounts that hold one of these roles now, by name: whom a record can be assigned to."""
    wanted = select(Account).where(Account.state == AccountState.ACTIVE, or_(*(role_held(role, now) for role in roles)))
    return session.scalars(wanted.order_by(Account.name, Account.id)).all()


def accounts_found(text: str = "", role: Role | None = None, *, now: datetime) -> Select[Account]:
    """Accounts for the list: of staff, by part of a name; with a text also learners, by their whole name, address or
    reference. The page orders them."""
    wanted = select(Account).options(selectinload(Account.grants))
    staff = Account.id.in_(select(RoleGrant.account_id).where(RoleGrant.role != literal_column("'learner'")))
    if role is not None:
        wanted = wanted.where(role_held(role, now))
    if not text:
        return wanted.where(staff)
    whole = (Account.reference == text.upper(), Account.username == text.lower(), Account.name == text,
             Account.email_key == text.lower(), Account.phone == (phone_key(text) or text))
    # Staff are few: their whole list is read, and names are found by any part. Learners are found by indexes alone.
    part = or_(Account.username.icontains(text, autoescape=True), Account.name.icontains(text, autoescape=True))
    return wanted.where(Account.id.in_(union(
        *(select(Account.id).where(one) for one in whole), select(Account.id).where(staff, part))))


def account_of_code(session: Session, code_id: int) -> Account | None:
    """Whose code this is; None for one that was sent to nobody."""
    return session.scalar(select(Account).join(ConfirmationCode, ConfirmationCode.account_id == Account.id)
                          .where(ConfirmationCode.id == code_id))


def address_of_code(session: Session, code_id: int, account_id: int) -> str | None:
    """The address a code of this account went to."""
    return session.scalar(select(ConfirmationCode.address).where(
        ConfirmationCode.id == code_id, ConfirmationCode.account_id == account_id))


def has_demo_accounts(session: Session) -> bool:
    return session.scalar(select(Account.id).where(Account.is_demo).limit(1)) is not None


def invitation_facts(row: Invitation | None) -> InvitationFacts | None:
    if row is None:
        return None
    return InvitationFacts(row.expires_at, row.attempts, row.used_at is not None, row.replaced_at is not None)


def invitation_by_token(session: Session, token: str, real_now: datetime) -> Invitation | None:
    """The open invitation behind a link; None for one that was used, replaced, tried too often or is too old."""
    row = session.scalar(select(Invitation).where(Invitation.token_hash == keyed_hash("invitation", token)))
    return None if invitation_is_open(invitation_facts(row), real_now) else row


def open_invitations(session: Session, account_ids: Collection[int]) -> dict[int, Invitation]:
    """The invitation that waits for the owner of each of these accounts."""
    return {row.account_id: row for row in session.scalars(select(Invitation).where(
        Invitation.account_id.in_(account_ids), Invitation.used_at.is_(None), Invitation.replaced_at.is_(None)))}
