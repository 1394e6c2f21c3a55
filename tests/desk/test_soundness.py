"""`flask doctor`: a sound database gives no line, and every fault that is planted gives its own.

Faults are planted as somebody with the database's password would plant them: past constraints and triggers. Each is
taken back with its transaction.
"""

from datetime import date, timedelta

from sqlalchemy import select, text, update

from enroll import SOUNDNESS
from enroll.admission.models import Rooming, Ticket
from enroll.applications.models import Accommodation, Application, Extension, SpotCheck
from enroll.audit.models import ActOnBehalf
from enroll.corrections.models import Correction
from enroll.courses.models.editions import Course, Lesson
from enroll.courses.models.live import LiveAttendance, LiveClass
from enroll.courses.models.studying import StudySession
from enroll.desk.queries.soundness import CHECKS
from enroll.enrolments.models import Enrolment
from enroll.hours.models import LedgerEntry
from enroll.learners.models import Learner
from enroll.notifications.models import Dispatch
from enroll.sittings.models import Booking, ExamRoom, Sitting
from enroll.storage.database import db, transaction
from enroll.storage.files import StoredFile
from enroll.storage.idempotency import IdempotencyKey
from enroll.storage.outbox import OutboxEntry, OutboxSecret
from enroll.supervision.models import (
    Complaint,
    Contact,
    LearnerQuestion,
    Nudge,
    PublicAnswer,
    QuestionPost,
    ReminderChoice,
)
from tests.builders.faults import (
    a_member_with_a_strangers_application,
    a_sign_in_given_back_by_its_owner,
    a_sign_in_given_back_early,
    a_transfer_that_went_nowhere,
    an_exception_nobody_granted,
)
from tests.builders.whole_file import a_whole_file, one
from tests.conftest import NOON

ALL = dict((*CHECKS, *SOUNDNESS))
LEARNER = "(SELECT account_id FROM learner LIMIT 1)"


def again(session, model, **changes):
    """A second row of something, the same but for these."""
    row = session.scalars(select(model)).first()
    columns = {column.key: getattr(row, column.key) for column in model.__mapper__.columns if column.key != "id"}
    session.add(model(**(columns | changes)))
    session.flush()


def a_second_application(session):
    session.execute(text("DROP INDEX uq_application_live"))
    again(session, Application, reference="A2701-0002")


def a_second_booking(session):
    session.execute(text("DROP INDEX uq_booking_seated"))
    again(session, Booking, reference="B2701-0009", part="theory")


def two_devices(session):
    lesson = session.scalars(select(Lesson)).first()
    account_id = session.scalar(text(f"SELECT {LEARNER}"))
    enrolment_id = session.scalar(text("SELECT id FROM enrolment"))
    for number in range(2):
        began = NOON + timedelta(minutes=20 * number)
        session.add(StudySession(
            token=f"study-token-{number}", account_id=account_id, enrolment_id=enrolment_id, lesson_id=lesson.id,
            started_at=began, last_beat_at=began + timedelta(minutes=30), ended_at=began + timedelta(minutes=30),
        ))
        session.flush()


def a_wrong_reversal(session):
    first = session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)).first()
    again(session, LedgerEntry, source="reversal", source_key="reversal", minutes=-(first.minutes - 1),
          reverses_id=first.id)


def a_lost_file(session):
    session.add(StoredFile(token="x" * 22, sha256="0" * 64, size=1, media_type="text/plain", name="a.txt",
                           purpose="evidence", stored_at=NOON))
    session.flush()


def a_secret_left(session):
    entry = OutboxEntry(event="CodeSent", details={}, happened_at=NOON)
    session.add(entry)
    session.flush()
    session.add(OutboxSecret(entry_id=entry.id, field="code", value="4711"))
    session.flush()


def a_press_without_answer(session):
    session.add(IdempotencyKey(actor="account:1", key="k", answer="", at=NOON))
    session.flush()


def a_reminder_in_the_night(session, hour=13, off_at=None):
    enrolment = session.scalars(select(Enrolment)).first()
    if off_at is not None:
        session.add(ReminderChoice(learner_id=enrolment.learner_id, reminders_off_at=off_at))
    session.add(Nudge(enrolment_id=enrolment.id, learner_id=enrolment.learner_id, kind="reminder", key="reminder:x",
                      subject="s", text="t", sent_at=NOON + timedelta(hours=hour), sent_by_name="system"))
    session.flush()


def an_unwanted_reminder(session):
    a_reminder_in_the_night(session, hour=1, off_at=NOON)


def a_contact_that_is_done_at_no_time(session):
    person = session.scalars(select(Enrolment)).first()
    adviser_id = session.scalar(text("SELECT adviser_id FROM cohort"))
    session.add(Contact(reference="K000001", learner_id=person.learner_id, adviser_id=adviser_id, state="done",
                        channel="phone", outcome="reached", due_at=NOON))
    session.flush()


def an_answer_nobody_gave(session, answered_at=NOON):
    learner_id = session.scalars(select(Enrolment.learner_id)).first()
    question = LearnerQuestion(reference="Q000001", learner_id=learner_id, kind="study", title="t", state="answered",
                               asked_at=NOON, answered_at=answered_at)
    session.add(question)
    session.flush()
    return question


def an_answer_before_the_question(session):
    an_answer_nobody_gave(session, NOON - timedelta(days=1))


def a_public_answer_with_a_name(session):
    question = an_answer_nobody_gave(session)
    account_id = session.scalar(text(f"SELECT {LEARNER}"))
    session.add(QuestionPost(question_id=question.id, by_id=account_id, by_name="", by_staff=True, text="x",
                             posted_at=NOON))
    name = session.scalar(text("SELECT legal_name FROM learner"))
    session.add(PublicAnswer(question_id=question.id, title="t", question=f"{name}?", answer="x", published_at=NOON,
                             published_by_id=account_id))
    session.flush()


def a_letter_left_behind(session):
    session.add(Dispatch(about="x", channel="email", address="a@example.org", address_hash="h", subject="s", body="b",
                         queued_at=NOON, message_key="m"))
    session.flush()


def a_signed_in_browser(session):
    session.execute(text(
        "INSERT INTO web_session (token_hash, account_id, begun_at, seen_at, browser, network_address, proved_at) "
        f"VALUES ('hash', {LEARNER}, '2026-11-22 00:00:00', '2026-11-22 00:00:00', '', '', '2026-11-22 00:00:00')"
    ))
    session.execute(text(f"UPDATE account SET state = 'disabled' WHERE id = {LEARNER}"))


def a_class_credited_before_it_was_settled(session):
    person = session.scalars(select(Enrolment)).first()
    account_id = session.scalar(text(f"SELECT {LEARNER}"))
    course = Course(programme_id=person.programme_id, code="L9", title="t", section="general", position=9)
    session.add(course)
    session.flush()
    live = LiveClass(reference="V9", course_id=course.id, title="t", kind="knowledge", trainer_id=account_id,
                     starts_at=NOON, minutes=60, capacity=1, state="planned", secret="s", version=1)
    session.add(live)
    session.flush()
    session.add(LiveAttendance(class_id=live.id, enrolment_id=person.id, seconds=3600, minutes=60, decided_at=NOON,
                               decided_by_id=account_id))
    session.flush()


def a_row_that_points_nowhere(session):
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("UPDATE fee SET learner_id = 999"))
    else:
        session.execute(text("ALTER TABLE fee DROP CONSTRAINT fk_fee_learner_id"))
        session.execute(text("ALTER TABLE fee ADD CONSTRAINT fk_fee_learner_id FOREIGN KEY (learner_id) "
                             "REFERENCES learner (id) NOT VALID"))


def somebody_jumped_the_queue(session):
    session.execute(text("UPDATE sitting SET taken = capacity"))
    session.execute(text("UPDATE booking SET state = 'waitlisted'"))
    session.execute(text("DROP INDEX uq_booking_waiting"))
    session.expire_all()
    again(session, Booking, reference="B2701-9998", state="offered", offer_ends_at=NOON)


def a_guard_taken_away(session):
    on = "" if session.get_bind().dialect.name == "sqlite" else " ON mark_entry"
    session.execute(text(f"DROP TRIGGER mark_entry_keeps_delete{on}"))


def minutes_nobody_decided(session):
    again(session, LedgerEntry, source="manual", source_key="adjustment:J000777:1")


def hours_of_before_of_one_person(session):
    again(session, LedgerEntry, source="opening", source_key="opening:one", second_person_id=None)


def a_correction_by_its_learner(session):
    learner = session.scalars(select(Learner)).first()
    session.add(Correction(
        reference="G000001", version=1, learner_id=learner.id, state="applied", changed=["legal_name"], before="{}",
        wanted="{}", reason="x", requested_at=NOON, approved_by_id=learner.account_id, applied_by_id=learner.account_id,
        touched=[]))
    session.flush()


def an_accommodation_by_its_learner(session):
    learner, application = session.scalars(select(Learner)).first(), session.scalars(select(Application)).first()
    session.add(Accommodation(
        reference="S000001", version=1, learner_id=learner.id, application_id=application.id, state="granted",
        wishes=["large_print"], minutes=0, why="x", requested_at=NOON, granted=["large_print"], granted_minutes=0,
        answer="x", decided_at=NOON, decided_by_id=learner.account_id))
    session.flush()


def in_a_seat(session, *, seat=1, seats=40):
    """Both bookings of the whole file in one sitting and one seat of one room."""
    site_id = session.scalar(select(Sitting.site_id))
    room = ExamRoom(site_id=site_id, code="R1", seats=seats, place="", accessible=True, across=6, serpentine=False,
                    version=1)
    session.add(room)
    session.flush()
    session.execute(text("DROP INDEX uq_booking_seat"))
    session.execute(update(Booking).values(
        room_id=room.id, seat_no=seat, state="ticketed", sitting_id=session.scalar(select(Sitting.id))))


def a_ticket_with_another_seat(session):
    in_a_seat(session)
    session.execute(update(Booking).where(Booking.reference == "B2701-0002").values(seat_no=2))
    session.add(Rooming(sitting_id=session.scalar(select(Sitting.id)), apart=False, frozen_at=NOON, version=1,
                        frozen_by_id=session.scalar(select(Learner.account_id)), frozen_by_name="x"))
    session.execute(update(Ticket).values(facts={"parts": [
        {"booking": "B2701-0001", "room": "R1", "seat": "03"}, {"booking": "B2701-0002", "room": "R1", "seat": "02"}]}))
    session.flush()


def a_finding_nobody_wrote(session):
    learner = session.scalars(select(Learner)).first()
    session.add(Complaint(
        reference="N000001", version=1, learner_id=learner.id, state="answered", about="other", channel="page",
        title="x", received_at=NOON, answer_by=NOON, finding="upheld", answered_at=NOON))
    session.flush()


def somebody_who_helped_has_decided(session):
    learner = session.scalars(select(Learner)).first()
    decided_by = session.scalar(text("SELECT min(made_by_id) FROM mark_entry"))
    session.execute(text(f"UPDATE application_move SET made_by_id = {decided_by} WHERE move = 'approve'"))
    session.add(ActOnBehalf(act="application.choose", subject=session.scalar(text("SELECT reference FROM application")),
                            learner_id=learner.id, of_account_id=learner.account_id, asked_by="phone", reason="x",
                            at=NOON - timedelta(days=300), by_id=decided_by, by_name="x"))
    session.flush()


def a_draw_that_follows_from_nothing(session):
    approved = session.scalars(select(Application)).first()
    session.add(SpotCheck(
        reference="S000001", application_id=approved.id, learner_id=approved.learner_id, state="open", version=1,
        decided_by_id=None, decided_at=NOON, audit_seq=1, audit_digest="f" * 64, percent=20, drawn_at=NOON))
    session.flush()


FAULTS = {
    "sealed data opens": ["UPDATE learner SET id_number = 'sealed with another key'"],
    "audit chain unbroken": [
        "UPDATE audit_entry SET actor_name = 'somebody else' WHERE seq = 3",
        "DELETE FROM audit_entry WHERE seq = 3",
        "DELETE FROM audit_entry WHERE seq = (SELECT max(seq) FROM audit_entry)",
        "UPDATE audit_entry SET previous = digest WHERE seq = 3",
        "UPDATE audit_entry SET seq = 100000 WHERE seq = 3",
        "UPDATE audit_head SET digest = 'another'",
    ],
    "no personal number in the audit": [
        """UPDATE audit_entry SET details = '{"id_number": "11010119900307123X"}' WHERE seq = 2""",
        """UPDATE audit_entry SET details = '{"to": "+8613800138000"}' WHERE seq = 2""",
        "UPDATE audit_entry SET actor_name = '张伟 13800138000' WHERE seq = 2",
    ],
    "states follow their histories": [
        "UPDATE application SET state = 'submitted'",
        "UPDATE certificate SET state = 'revoked'",
        "UPDATE fee SET version = 1",
        "DELETE FROM application_move WHERE move = 'submit'",
        "DELETE FROM application_move",
        "UPDATE application_move SET from_state = 'rejected', move = 'reopen' WHERE move = 'submit'",
        "UPDATE booking_move SET move = 'teleport' WHERE move = 'confirm'",
        "UPDATE result_move SET version = 1",
    ],
    "every move is in the audit": ["DELETE FROM audit_entry WHERE act = 'application.approve'"],
    "nobody decides about themselves": [
        f"UPDATE application_move SET made_by_id = {LEARNER} WHERE move = 'approve'",
        f"UPDATE practice_work_move SET made_by_id = {LEARNER} WHERE move = 'accept'",
    ],
    "disabled accounts are signed out": [a_signed_in_browser],
    "sensitive data with consent": ["UPDATE learner SET id_number = 'sealed'"],
    "one place of study at a time": [two_devices],
    "no day above its limit": [f"UPDATE ledger_entry SET local_day = '{date(2026, 11, 1)}'"],
    "hours add up": [
        "UPDATE hours_balance SET minutes = minutes + 1",
        "UPDATE ledger_entry SET minutes = minutes - 1 WHERE id = 1",
        "DELETE FROM hours_balance",
        "UPDATE ledger_entry SET course_code = 'G9' WHERE id = 1",
    ],
    "reversals undo their credits": [a_wrong_reversal],
    "payments add up": [
        "UPDATE fee SET paid_fen = paid_fen - 1",
        "UPDATE payment SET amount_fen = 1",
        "UPDATE refund SET amount_fen = 38001",
    ],
    "one live application and booking": [a_second_application, a_second_booking],
    "submitted in time": [
        "UPDATE application_move SET made_at = '2026-12-24 09:00:00' WHERE move = 'submit'",
        "UPDATE application_move SET made_at = '2026-01-01 00:00:00' WHERE move = 'submit'",
    ],
    "hours behind every approval": [
        "UPDATE application SET proof_reference = ''",
        "UPDATE hours_proof SET minutes = 1574",
    ],
    "seats counted right": ["UPDATE sitting SET taken = 2", "UPDATE booking SET state = 'lapsed'"],
    "waiting lists in order": [
        "UPDATE booking SET state = 'waitlisted'",
        "UPDATE booking SET state = 'offered', offer_ends_at = '2030-01-01 00:00:00'",
        somebody_jumped_the_queue,
    ],
    "bookings have their application": [
        "UPDATE booking SET subject = 'A2701-9999'",
        "UPDATE application SET state = 'expired'",
    ],
    "tickets follow their versions": [
        "UPDATE ticket SET ticket_version = 2",
        ("UPDATE booking SET state = 'ticketed'", "UPDATE ticket SET replaced_at = '2026-11-22 00:00:00'"),
    ],
    "results published whole": ["DELETE FROM publication", "UPDATE result SET state = 'checked' WHERE id = 1"],
    "two people behind every certificate": [
        ("certificate without ck_certificate_two_people", "UPDATE certificate SET second_by_id = first_by_id"),
        f"UPDATE certificate SET first_by_id = {LEARNER}",
        "UPDATE certificate SET first_by_id = (SELECT min(made_by_id) FROM mark_entry)",
        "UPDATE role_grant SET until_at = '2026-11-01 00:00:00' WHERE role = 'issuance_reviewer'",
        "UPDATE outcome SET verdict = 'fail'",
        "DELETE FROM publication",
    ],
    "files as stored": [a_lost_file],
    "nothing undelivered was given up": [
        "UPDATE outbox_delivery SET dead_at = '2026-11-22 00:00:00', next_try_at = NULL", a_secret_left,
    ],
    "every press has its answer": [a_press_without_answer],
    "no dangling references": [a_row_that_points_nowhere],
    "append-only tables guarded": [a_guard_taken_away],
    "learners finish the edition they began": [
        "DELETE FROM edition_begun",
        "UPDATE course_edition SET published_at = NULL",
    ],
    "published results rest on two people": [
        "UPDATE mark_entry SET made_by_id = (SELECT min(made_by_id) FROM mark_entry)",
        "UPDATE result SET mark = 800",
        "DELETE FROM mark_entry WHERE entry_no = 2",
    ],
    "what was decided about hours stands in the ledger": [minutes_nobody_decided],
    "applications moved to other windows and dates as somebody decided": [
        "UPDATE application_move SET move = 'transfer' WHERE move = 'approve'",
    ],
    "second opinions and spot checks are of two people, drawn by the audit": [
        "UPDATE application SET notes_kept = 1", a_draw_that_follows_from_nothing, an_exception_nobody_granted,
    ],
    "the rooming gives each seat once, and tickets name it": [
        in_a_seat, lambda session: in_a_seat(session, seat=41), a_ticket_with_another_seat,
    ],
    "accommodations are decided by others than their learner": [an_accommodation_by_its_learner],
    "certificates are stood for by two independent people": [
        "UPDATE certificate SET second_digest = 'another'",
        "UPDATE certificate SET facts = '{}'",
        "UPDATE certificate SET state = 'reported'",
        "UPDATE outcome SET verdict = 'fail'",
        "DELETE FROM publication",
    ],
    "whoever is excused was granted it, by another": ["UPDATE booking SET state = 'excused'"],
    "void results rest on an incident, decided by another": ["UPDATE booking SET state = 'disqualified'"],
    "corrections are carried out by others than their learner": [a_correction_by_its_learner],
    "groups name their members’ own applications, and their money adds up": [
        a_transfer_that_went_nowhere, a_member_with_a_strangers_application,
    ],
    "lost sign-ins rest on two people and a waiting time": [
        a_sign_in_given_back_early, a_sign_in_given_back_by_its_owner,
    ],
    "hours of before rest on two people and a source": [hours_of_before_of_one_person],
    "what is sent by itself keeps the night and what people chose": [
        a_reminder_in_the_night, an_unwanted_reminder, a_contact_that_is_done_at_no_time,
    ],
    "complaints are answered by others than those they are about": [a_finding_nobody_wrote],
    "who acts for learners neither decides nor agrees for them": [
        somebody_who_helped_has_decided,
        "UPDATE application_move SET made_by_id = (SELECT min(made_by_id) FROM mark_entry) WHERE move = 'submit'",
        """UPDATE audit_entry SET act = 'consent.give', details = '{"behalf": {"of": "x"}}' WHERE seq = 2""",
    ],
    "live classes are credited once, for time that was free": [a_class_credited_before_it_was_settled],
    "works wait with somebody who marks them": [
        f"UPDATE practice_work SET state = 'handed_in', trainer_id = {LEARNER}",
        ("UPDATE practice_work SET state = 'handed_in', note = ''", "DELETE FROM practice_file"),
    ],
    "files on their way come whole or are cleared": [
        "INSERT INTO half_upload (token, owner_id, about, name, size, received, touched_at) VALUES "
        f"('{'x' * 22}', {LEARNER}, '', 'a.pdf', 9, 5, '{NOON:%Y-%m-%d %H:%M:%S}')",
    ],
    "answers to questions are real and name nobody": [
        an_answer_nobody_gave, an_answer_before_the_question, a_public_answer_with_a_name,
    ],
    "no letter was left behind": [a_letter_left_behind],
    "every scheduled job does its work": [
        "INSERT INTO job_trouble (name, failures, since, last_error) "
        f"VALUES ('jobs.x', 2, '{NOON:%Y-%m-%d %H:%M:%S}', '')",
    ],
}


def lines(check):
    db.session.rollback()
    return list(ALL[check](db.session()))


def plant(session, fault):
    """In the open transaction, which is rolled back: nothing here outlives the test."""
    statements = [fault] if isinstance(fault, str) else fault if isinstance(fault, tuple) else []
    sqlite = session.get_bind().dialect.name == "sqlite"
    if not sqlite:
        session.execute(text("SET LOCAL session_replication_role = replica"))
    elif fault is not a_guard_taken_away:
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
        for trigger in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            session.execute(text(f"DROP TRIGGER {trigger}"))
    for statement in statements:
        table, without, constraint = statement.partition(" without ")
        if without and not sqlite:
            session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}"))
        elif without:
            session.execute(text("PRAGMA ignore_check_constraints = ON"))
        else:
            session.execute(text(statement))
    if callable(fault):
        fault(session)


def test_a_sound_database_gives_no_line(app):
    a_whole_file()
    assert {name: lines(name) for name in ALL} == {name: [] for name in ALL}


def test_an_empty_database_is_sound(app):
    assert {name: lines(name) for name in ALL} == {name: [] for name in ALL}


def test_every_check_has_a_planted_fault():
    assert list(FAULTS) == list(ALL), "a check without a planted fault that trips it does not count"


def test_every_planted_fault_trips_its_check(app):
    a_whole_file()
    session, missed = db.session(), []
    for check, fault in [(check, fault) for check, faults in FAULTS.items() for fault in faults]:
        session.rollback()
        plant(session, fault)
        session.expire_all()
        if not list(ALL[check](session)):
            missed.append((check, fault))
        session.rollback()
    assert missed == []
    assert {name: lines(name) for name in ALL} == {name: [] for name in ALL}, "the faults were taken back"


def test_an_extension_of_ones_own_makes_a_late_submission_right(app):
    whole = a_whole_file()
    with transaction() as session:
        window_id = one(Application).window_id
        session.add(Extension(learner_id=whole.learner_id, window_id=window_id, name="closes_at",
                              until=NOON + timedelta(days=40), reason="住院", granted_at=NOON,
                              granted_by_id=whole.account_id))
    plant(db.session(), "UPDATE application_move SET made_at = '2026-12-24 09:00:00' WHERE move = 'submit'")
    assert list(ALL["submitted in time"](db.session())) == []
    db.session.rollback()
