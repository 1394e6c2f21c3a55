"""The worker: one job's failure is its own; SIGTERM ends it after what is in hand; /readyz knows whether it lives."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from enroll.notifications.models import Dispatch
from enroll.notifications.notices import Notice
from enroll.notifications.services import write
from enroll.storage.database import db, transaction
from enroll.storage.worker import ALIVE_WITHIN, WorkerBeat, run_jobs, work, worker_is_alive
from tests.builders.accounts import an_account
from tests.builders.post_office import a_post_office
from tests.conftest import FIELD_KEY, NOON, SECRET_KEY

ROOT = Path(__file__).parents[2]


def test_one_failing_job_holds_back_no_other(app):
    done = []

    def fails(now):
        with transaction():
            raise RuntimeError("wrong")

    run_jobs(app, [lambda now: done.append("first"), fails, lambda now: done.append(now)])
    assert done == ["first", NOON]


def test_a_job_is_tried_again_when_the_database_is_crowded(app):
    asked = []

    def crowded_once(now):
        asked.append(now)
        if len(asked) == 1:
            with transaction():
                raise _locked()

    run_jobs(app, [crowded_once])
    assert len(asked) == 2


def test_the_worker_ends_when_told_and_says_that_it_lives(app):
    stop, rounds = Event(), []

    def ends(now):
        rounds.append(now)
        stop.set()

    assert not worker_is_alive()
    work(app, [ends, lambda now: rounds.append("never: it was told to stop")], stop)
    assert rounds == [NOON]
    db.session.rollback()
    assert worker_is_alive()


def test_a_worker_that_was_not_seen_for_long_is_not_alive(app):
    with transaction() as session:
        session.merge(WorkerBeat(id=1, at=datetime.now(UTC) - ALIVE_WITHIN - timedelta(seconds=1)))
    assert not worker_is_alive()


class SlowPost:
    """Takes its time over each letter, as a busy mail server does."""

    def __init__(self):
        self.begun, self.taken = Event(), []

    async def handle_DATA(self, server, connection, envelope):  # noqa: N802 (aiosmtpd's name)
        self.begun.set()
        time.sleep(1)
        self.taken.append(envelope.rcpt_tos[0])
        return "250 OK"


def test_on_sigterm_the_worker_finishes_the_letter_in_hand_and_leaves_the_next(app):
    office, real_now = SlowPost(), datetime.now(UTC)
    app.config["MAIL_URL"] = "smtp://127.0.0.1"
    for name in ("first", "second"):
        account = an_account(name)
        with transaction() as session:
            write(session, Notice(account.id, name, "accounts/changed", {"what": "disabled"}), real_now)
    db.session.remove()
    with a_post_office(office) as port:
        worker = subprocess.Popen(
            [sys.executable, "-m", "flask", "work"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"], "SECRET_KEY": SECRET_KEY,
                 "FIELD_KEYS": FIELD_KEY, "MAIL_URL": f"smtp://127.0.0.1:{port}", "MAIL_FROM": "enroll@example.org"},
        )  # fmt: skip
        begun = office.begun.wait(60)
        worker.send_signal(signal.SIGTERM)
        said = worker.communicate(timeout=30)[0].decode()
    assert begun, said
    assert worker.returncode == 0, said
    letters = db.session.scalars(select(Dispatch).order_by(Dispatch.id)).all()
    assert office.taken == ["first@example.org"], said
    assert [letter.sent_at is not None for letter in letters] == [True, False]


def _locked():
    return OperationalError("UPDATE", {}, Exception("database is locked"))
