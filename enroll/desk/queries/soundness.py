"""Does everything still hold? Each check reads, changes nothing, and gives a sentence for each thing that is wrong.

A check counts only with a planted fault that trips it: tests/desk/test_soundness.py.
"""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from enroll.accounts.models import Account
from enroll.admission.models import Excuse, Incident
from enroll.applications.models import Accommodation, Application, Outage, SecondOpinion, SpotCheck
from enroll.audit.models import AuditEntry
from enroll.audit.queries import broken_links
from enroll.certificates.models import Certificate
from enroll.corrections.models import Correction
from enroll.courses.models.editions import CourseEdition
from enroll.courses.models.live import LiveClass
from enroll.courses.models.works import PracticeWork
from enroll.desk.queries import sound_exam, sound_study
from enroll.desk.rules.lifecycles import LIFECYCLES
from enroll.enrolments.models import Enrolment, RuleException
from enroll.exchange.models import Batch
from enroll.fees.models import Fee, Refund
from enroll.foundation.lifecycle import Lifecycle
from enroll.groups.models import ExamGroup
from enroll.hours.models import HourAdjustment, HourClaim, HoursAnomaly, HoursDispute, HoursDoubt, HoursProof
from enroll.hours.queries.soundness import recompute
from enroll.learners.models import IdentityCheck, Learner
from enroll.programmes.models import Window
from enroll.questions.models import BankQuestion
from enroll.recovery.models import Recovery
from enroll.results.models import Result, ScoreReview
from enroll.sittings.models import Booking
from enroll.storage.database import Base
from enroll.storage.files import FileIsWrong, StoredFile, read_file
from enroll.storage.idempotency import IdempotencyKey
from enroll.storage.outbox import OutboxDelivery, OutboxSecret
from enroll.supervision.models import Complaint, Contact, LearnerQuestion

Check = Callable[[Session], Iterator[str]]
RECORDS: dict[str, type[Any]] = {
    "Account": Account, "Identity check": IdentityCheck, "Exam window": Window, "Fee": Fee, "Refund": Refund,
    "Enrolment": Enrolment, "Proof of hours": HoursProof, "Minutes in doubt": HoursDoubt, "Disputed time": HoursDispute,
    "Claim of hours": HourClaim, "Entry by hand": HourAdjustment, "Unusual study": HoursAnomaly,

    "Bank question": BankQuestion, "Practice assignment": PracticeWork, "Course edition": CourseEdition,
    "Live class": LiveClass, "Booking": Booking,
    "Exception": RuleException, "Application": Application, "Second opinion": SecondOpinion, "Spot check": SpotCheck,
    "Outage": Outage, "Accommodation": Accommodation, "Incident": Incident, "Excuse": Excuse,
    "Result": Result, "Score review": ScoreReview, "Certificate": Certificate,
    "Batch": Batch,
    "Learner question": LearnerQuestion, "Contact": Contact, "Complaint": Complaint, "Correction": Correction,
    "Lost sign-in": Recovery, "Group application": ExamGroup,
}  # fmt: skip
OWN_OR_NOBODYS = ("learner:", "system")  # moves that a learner, or the program, makes


def audit_chain(session: Session) -> Iterator[str]:
    yield from broken_links(session)


def histories(session: Session) -> Iterator[str]:
    """Every state is where its history ended, every move starts where the one before ended and is in the table, and
    no version was skipped."""
    for lifecycle in LIFECYCLES:
        model = RECORDS[lifecycle.name]
        yield from _ends_in_the_state(session, model)
        yield from _is_a_chain(session, lifecycle, model)
        yield from _knows_its_moves(session, lifecycle, model)


def _ends_in_the_state(session: Session, model: type[Any]) -> Iterator[str]:
    history: Any = model.history
    newest = select(history.record_id, func.max(history.id).label("id")).group_by(history.record_id).subquery()
    ends = select(newest.c.record_id, history.to_state, history.version).join(newest, newest.c.id == history.id)
    ended = ends.subquery()
    wrong = (
        select(_name_of(model), model.state, ended.c.to_state, model.version, ended.c.version)
        .outerjoin(ended, ended.c.record_id == model.id)
        .where(ended.c.to_state.is_(None) | (ended.c.to_state != model.state) | (model.version < ended.c.version))
    )
    for name, state, shown, version, moved in session.execute(wrong):
        yield f"{name}: state {state} in version {version}, its history ends in {shown} in version {moved}"


def _is_a_chain(session: Session, lifecycle: Lifecycle, model: type[Any]) -> Iterator[str]:
    history: Any = model.history
    over = {"partition_by": history.record_id, "order_by": history.id}
    rows = select(
        history.record_id, history.move, history.from_state, history.version,
        func.lag(history.to_state).over(**over).label("before"),
        func.lag(history.version).over(**over).label("version_before"),
    ).subquery()  # fmt: skip
    elsewhere = rows.c.from_state != func.coalesce(rows.c.before, "")
    broken = select(rows).where(elsewhere | (rows.c.version <= func.coalesce(rows.c.version_before, 0)))
    for row in session.execute(broken):
        yield f"{lifecycle.name} {row.record_id}: {row.move} starts in {row.from_state}, not in {row.before}"


def _knows_its_moves(session: Session, lifecycle: Lifecycle, model: type[Any]) -> Iterator[str]:
    history: Any = model.history
    states = {str(state) for state in lifecycle.states}
    kinds = select(history.move, history.from_state, history.to_state).distinct()
    for move, came_from, went_to in session.execute(kinds):
        known = lifecycle.moves.get(move)
        begun = move == "begin" and came_from == "" and went_to in states
        if not begun and (known is None or came_from not in map(str, known.sources) or went_to != known.target):
            yield f"{lifecycle.name}: a move {move} from {came_from} to {went_to} is not in the table"


def nobody_decides_about_themselves(session: Session) -> Iterator[str]:
    """Staff's moves on a learner's record are never made by that learner."""
    for lifecycle in LIFECYCLES:
        model = RECORDS[lifecycle.name]
        staff = [move.name for move in lifecycle.moves.values() if not str(move.permission).startswith(OWN_OR_NOBODYS)]
        if not hasattr(model, "learner_id") or not staff:
            continue
        own = (
            select(_name_of(model), model.history.move)
            .join(model.history, model.history.record_id == model.id)
            .join(Learner, Learner.id == model.learner_id)
            .where(model.history.move.in_(staff), model.history.made_by_id == Learner.account_id)
        )
        for name, move in session.execute(own):
            yield f"{name}: the learner made the move {move} on their own record"


def every_move_is_audited(session: Session) -> Iterator[str]:
    for lifecycle in LIFECYCLES:
        act = lifecycle.name.lower().replace(" ", "_") + "."
        names = [f"{act}{move}" for move in ("begin", *lifecycle.moves)]
        history = RECORDS[lifecycle.name].history
        # What stood before a lifecycle was there got its first row from the upgrade, and nobody acted.
        upgraded = (history.move == "begin") & (history.made_by_name == "migration")
        moves = session.scalar(select(func.count()).select_from(history).where(~upgraded)) or 0
        audited = session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.act.in_(names))) or 0
        if moves != audited:
            yield f"{lifecycle.name}: {moves} moves, {audited} of them in the audit"


def files(session: Session) -> Iterator[str]:
    for stored in session.scalars(select(StoredFile)).yield_per(200):
        try:
            read_file(stored)
        except FileIsWrong:
            yield f"file {stored.token} ({stored.purpose}) is missing or was changed"


def outbox(session: Session) -> Iterator[str]:
    """Nothing was given up, and no secret is kept that nobody waits for."""
    for handler, number in session.execute(
        select(OutboxDelivery.handler, func.count())
        .where(OutboxDelivery.dead_at.is_not(None))
        .group_by(OutboxDelivery.handler)
    ):
        yield f"{number} deliveries to {handler} were given up"
    waiting = select(OutboxDelivery.id).where(
        OutboxDelivery.entry_id == OutboxSecret.entry_id, OutboxDelivery.next_try_at.is_not(None)
    )
    left = select(OutboxSecret.entry_id).where(~waiting.exists()).distinct()
    for entry_id in session.scalars(left):
        yield f"entry {entry_id} keeps a secret that nobody waits for"


def answers(session: Session) -> Iterator[str]:
    number = session.scalar(select(func.count()).select_from(IdempotencyKey).where(IdempotencyKey.answer == ""))
    if number:
        yield f"{number} presses have no answer"


def references(session: Session) -> Iterator[str]:
    """Every row points to rows that are there. PostgreSQL keeps that itself unless a constraint was switched off;
    SQLite only where each connection asks, so there the rows are looked at."""
    if session.get_bind().dialect.name == "sqlite":
        for row in session.execute(text("PRAGMA foreign_key_check")):
            yield f"a row of {row[0]} points to a row of {row[2]} that is not there"
    else:
        unproved = "SELECT conname FROM pg_constraint WHERE contype = 'f' AND NOT convalidated"
        for name in session.scalars(text(unproved)):
            yield f"the foreign key {name} was never proved"


def guards(session: Session) -> Iterator[str]:
    """Append-only tables are guarded by the database itself."""
    if session.get_bind().dialect.name == "sqlite":
        asked = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        asked = "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')"
    there = set(session.scalars(text(asked)))
    for mapper in Base.registry.mappers:
        if getattr(mapper.class_, "__append_only__", False):
            for act in ("update", "delete"):
                table = mapper.class_.__tablename__
                if f"{table}_keeps_{act}" not in there:
                    yield f"nothing stops an {act} of {table}"


def _name_of(model: type[Any]) -> Any:
    return model.code if model in {Window, BankQuestion} else model.reference


CHECKS: tuple[tuple[str, Check], ...] = (
    ("sealed data opens", sound_study.keys),
    ("audit chain unbroken", audit_chain),
    ("no personal number in the audit", sound_study.personal_numbers),
    ("states follow their histories", histories),
    ("every move is in the audit", every_move_is_audited),
    ("nobody decides about themselves", nobody_decides_about_themselves),
    ("disabled accounts are signed out", sound_study.sessions),
    ("sensitive data with consent", sound_study.consents),
    ("one place of study at a time", sound_study.study_sessions),
    ("no day above its limit", sound_study.day_limits),
    ("hours add up", recompute),
    ("reversals undo their credits", sound_study.reversals),
    ("payments add up", sound_study.payments),
    ("one live application and booking", sound_exam.one_live),
    ("submitted in time", sound_exam.submitted_in_time),
    ("hours behind every approval", sound_exam.hours_behind),
    ("seats counted right", sound_exam.seats),
    ("waiting lists in order", sound_exam.waiting_lists),
    ("bookings have their application", sound_exam.bookings),
    ("tickets follow their versions", sound_exam.tickets),
    ("results published whole", sound_exam.publications),
    ("two people behind every certificate", sound_exam.certificates),
    ("files as stored", files),
    ("nothing undelivered was given up", outbox),
    ("every press has its answer", answers),
    ("no dangling references", references),
    ("append-only tables guarded", guards),
)
