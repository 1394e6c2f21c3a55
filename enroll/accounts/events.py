"""What accounts tell the rest of the program."""

from dataclasses import dataclass

from enroll.foundation.events import secret


@dataclass(frozen=True)
class CodeSent:
    """A confirmation code is on its way to an address (e-mail or phone). `purpose`: confirm, recover, change, guardian.

    `token` opens the page where a guardian enters the code (/guardian/<token>); empty for the others.
    """

    account_id: int
    purpose: str
    address: str
    language: str
    token: str = ""
    code: str = secret()


@dataclass(frozen=True)
class AccountChanged:
    """Something a person should hear about their account.

    `what`: password_changed, address_changed, disabled, enabled, or address_wanted (somebody, perhaps the person, tried
    to sign up with an address of this account). `before` is the address it had, to which a warning goes as well.
    """

    account_id: int
    what: str
    before: str = ""


@dataclass(frozen=True)
class Invited:
    """An account was opened for somebody, who takes it over by a link (/activate/<token>) sent to their address."""

    account_id: int
    address: str
    language: str
    token: str = secret()
