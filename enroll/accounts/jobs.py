"""What accounts do by themselves, from time to time."""

from datetime import datetime

from enroll.accounts.services.opening import forget_unconfirmed


def forget_unconfirmed_accounts(now: datetime) -> None:
    """What people typed who never confirmed their address goes after two days."""
    forget_unconfirmed(now=now)
