"""What must hold after every journey: no check of `flask doctor` has a line, and each decision is in the audit."""

from sqlalchemy import select

from enroll import SOUNDNESS
from enroll.audit.models import AuditEntry
from enroll.desk.queries.soundness import CHECKS
from enroll.storage.database import db

CHECKED = dict((*CHECKS, *SOUNDNESS))


def is_sound() -> None:
    db.session.rollback()
    lines = {name: list(check(db.session())) for name, check in CHECKED.items()}
    db.session.rollback()
    assert {name: said for name, said in lines.items() if said} == {}


def who_did(act: str, subject: str = "") -> list[str]:
    """The names of those who did this, as the audit has them, oldest first."""
    db.session.rollback()
    wanted = select(AuditEntry.actor_name).where(AuditEntry.act == act).order_by(AuditEntry.seq)
    found = list(db.session.scalars(wanted.where(AuditEntry.subject == subject) if subject else wanted))
    db.session.rollback()
    return found


def every_decision(**decisions: str) -> None:
    """application__approve="审核员甲": the audit knows this act, and that it was theirs alone."""
    found = {act: set(who_did(act.replace("__", "."))) for act in decisions}
    expected = {act: set(names.split("、")) for act, names in decisions.items()}
    assert found == expected, f"{found} instead of {expected}"
