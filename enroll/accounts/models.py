"""Accounts, what they may do, and their sessions."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.accounts.lifecycle import AccountState
from enroll.accounts.permissions import Role, granted
from enroll.accounts.rules.codes import Purpose
from enroll.accounts.rules.passwords import LEARNERS_LEAST, STAFF_LEAST, PasswordFacts
from enroll.accounts.rules.roles import holds
from enroll.foundation.actor import Actor
from enroll.storage.columns import UtcMoment, one_of, whole
from enroll.storage.database import Base
from enroll.storage.history import HistoryRow, Versioned
from enroll.storage.searching import name_index


class AccountMove(HistoryRow, Base):
    __tablename__ = "account_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)


class Account(Versioned, Base):
    """Somebody who signs in. `email` is what was typed, `email_key` the spelling that is compared; a phone is E.164.

    An address that is not confirmed stands in `email` alone, without its key: nobody can sign in with it, and nobody
    can block it for its owner.
    """

    __tablename__ = "account"
    __table_args__ = (one_of("state", AccountState), name_index("ix_account_name", "name"))
    history = AccountMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    username: Mapped[str | None] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str | None] = mapped_column(String(254))
    email_key: Mapped[str | None] = mapped_column(String(254), unique=True)
    phone: Mapped[str | None] = mapped_column(String(20), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(2), default="zh")
    single_keys: Mapped[bool] = mapped_column(default=True)  # shortcuts of one key; can be switched off (WCAG 2.1.4)
    opened_at: Mapped[datetime] = mapped_column(UtcMoment)
    is_demo: Mapped[bool] = mapped_column(default=False)

    grants: Mapped[list["RoleGrant"]] = relationship(foreign_keys="RoleGrant.account_id")

    def roles_at(self, moment: datetime) -> frozenset[Role]:
        return frozenset(Role(one.role) for one in self.grants if holds(one.from_at, one.until_at, moment))

    def password_facts(self, password: str, moment: datetime) -> PasswordFacts:
        """What the policy asks of a password for this account: staff need a longer one."""
        least = LEARNERS_LEAST if self.roles_at(moment) == frozenset({Role.LEARNER}) else STAFF_LEAST
        own = (self.name, self.username, self.email, self.phone)
        return PasswordFacts(password, least, tuple(text for text in own if text))

    def actor_at(self, moment: datetime) -> Actor:
        return Actor(self.id, self.name or self.username or self.reference, granted(self.roles_at(moment)))


class RoleGrant(Base):
    """A role from one moment until another; never deleted, so it can be shown who held what when they acted."""

    __tablename__ = "role_grant"
    __table_args__ = (
        one_of("role", Role),
        # Staff are few among many learners: who of the accounts belongs to them is answered from here alone.
        Index("ix_role_grant_of_staff", "account_id", sqlite_where=text("role <> 'learner'"),
              postgresql_where=text("role <> 'learner'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[str] = mapped_column(String(30))
    from_at: Mapped[datetime] = mapped_column(UtcMoment)
    until_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class WebSession(Base):
    """A signed-in browser. The cookie carries a random token, this row its hash; ended here is ended everywhere.
    `proved_at` is when the person last gave the password here."""

    __tablename__ = "web_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    begun_at: Mapped[datetime] = mapped_column(UtcMoment)
    seen_at: Mapped[datetime] = mapped_column(UtcMoment)
    ended_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    proved_at: Mapped[datetime] = mapped_column(UtcMoment)
    browser: Mapped[str] = mapped_column(String(200), default="")
    network_address: Mapped[str] = mapped_column(String(45), default="")

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class ConfirmationCode(Base):
    """A six-digit code sent to an address, kept as a keyed hash. `purpose` says what it confirms.

    Where the address is nobody's (recovery) or somebody else's (sign-up), a row stands here too and no message goes
    out: the pages then answer the same, so that they tell nobody who has an account.
    """

    __tablename__ = "confirmation_code"
    __table_args__ = (
        *whole("attempts", 0, 100),
        one_of("purpose", Purpose),
        Index("ix_confirmation_code_sent", "address", "sent_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(30))
    address: Mapped[str] = mapped_column(String(254))
    code_hash: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime] = mapped_column(UtcMoment)
    expires_at: Mapped[datetime] = mapped_column(UtcMoment)
    attempts: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class SignInAttempt(Base):
    """Every try, by the keyed hash of what was typed and by network address: what the lock-out counts."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_recent", "name_hash", "at"),
        Index("ix_sign_in_attempt_from", "network_address", "at", sqlite_where=text("NOT succeeded"),
              postgresql_where=text("NOT succeeded")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name_hash: Mapped[str] = mapped_column(String(64))
    network_address: Mapped[str] = mapped_column(String(45))
    at: Mapped[datetime] = mapped_column(UtcMoment)
    succeeded: Mapped[bool]


class Invitation(Base):
    """An account that somebody else opened waits for its owner: a link sent to their address, of which only a keyed
    hash stands here. The newest of an account counts; whoever opens it proves the day of birth, in few tries."""

    __tablename__ = "invitation"
    __table_args__ = (
        *whole("attempts", 0, 100),
        Index("uq_invitation_open", "account_id", unique=True,
              sqlite_where=text("used_at IS NULL AND replaced_at IS NULL"),
              postgresql_where=text("used_at IS NULL AND replaced_at IS NULL")),
        Index("ix_invitation_address", "address"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    address: Mapped[str] = mapped_column(String(254))  # a contact's key
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    sent_at: Mapped[datetime] = mapped_column(UtcMoment)  # real time, like sessions
    expires_at: Mapped[datetime] = mapped_column(UtcMoment)
    attempts: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcMoment)

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
