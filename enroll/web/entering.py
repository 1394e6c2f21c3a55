"""Signing somebody in, and saying who they are, from a page of another package than accounts: sign-up, and the demo's
one-press sign-in. Accounts registers how it is done."""

from collections.abc import Callable

from flask import current_app

Enter = Callable[[int], None]


def enter_as(account_id: int) -> None:
    """This browser is signed in as the account from the next request on; whoever was signed in here before is out."""
    enter: Enter = current_app.extensions["enter"]
    enter(account_id)


def phones_offered() -> bool:
    """Text messages leave only where a provider is set; in the demo they go to its mailbox."""
    return bool(current_app.config.get("SMS_URL") or current_app.config.get("DEMO"))
