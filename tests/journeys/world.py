"""The whole house: its clock, its worker, and everybody who comes or works there."""

import re
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from flask import Flask

from enroll.foundation.clock import SHANGHAI, ShiftedClock
from enroll.storage import outbox
from enroll.storage.worker import run_jobs
from enroll.web.throttle import limiter
from tests.journeys.ground import PASSWORD
from tests.journeys.people import Person

BEGIN = datetime(2026, 11, 2, 9, 0, tzinfo=SHANGHAI)


class World:
    def __init__(self, app: Flask):
        self.app = app
        self.clock: ShiftedClock = app.extensions["clock"]
        self._staff: dict[str, Person] = {}
        self._letters = Path(app.config["UPLOAD_DIR"]) / "letters"
        app.config.update(MAIL_URL=f"folder:{self._letters}", MAIL_FROM="enroll@example.org")

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def it_is(self, text: str) -> None:
        """Beijing's wall clock: "2026-11-16 09:00". Time never goes back."""
        moment = datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
        assert moment >= self.now, f"{text} is before {self.now}"
        self.clock.set(moment)
        limiter.reset()  # it counts by real minutes, and some have gone by

    def the_worker_runs(self) -> None:
        """What the worker process does at this moment: the scheduled jobs, and everything that waits to be sent."""
        run_jobs(self.app, self.app.extensions["jobs"])
        while outbox.deliver(self.now):
            pass

    def letters_to(self, address: str) -> list[EmailMessage]:
        """What has arrived there, the oldest first."""
        arrived = [message_from_bytes(one.read_bytes(), policy=policy.default) for one in self._arrived()]
        return [one for one in arrived if one["To"] == address]

    def code_sent_to(self, address: str) -> str:
        """The code in the newest letter to this address."""
        return re.findall(r"(?<![0-9])[0-9]{6}(?![0-9])", self.letters_to(address)[-1].get_content())[0]

    def _arrived(self) -> list[Path]:
        return sorted(self._letters.glob("*.eml"), key=lambda one: one.stat().st_mtime_ns)

    def staff(self, username: str) -> Person:
        """A member of staff, signed in on the sign-in page the first time they are called."""
        if username not in self._staff:
            person = self._staff[username] = Person(self.app, username)
            person.presses("/sign-in", "登录", name=username, password=PASSWORD)
        return self._staff[username]

    def somebody(self, name: str, language: str = "zh") -> Person:
        """Somebody nobody knows yet."""
        return Person(self.app, name, language)
