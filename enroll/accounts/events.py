"""What accounts tell the rest of the program."""

from dataclasses import dataclass

from enroll.foundation.events import secret


@dataclass(frozen=True)
class CodeSent:
    """A confirmation code is on its way to an address (e-mail or phone). `purpose`: confirm, recover, change, guardian."""

    account_id: int
    purpose: str
    address: str
    language: str
    code: str = secret()


@dataclass(frozen=True)
class AccountChanged:
    """Something a person should hear about their account: password_changed, address_changed, disabled."""

    account_id: int
    what: str
