"""Thirty-five hours: the player's own posts while the clock moves, a quiz, practical tasks that a trainer accepts."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from enroll.demo.samples import PDF
from tests.journeys.people import Person, Upload
from tests.journeys.world import World
from tests.pages import fields_of

BEAT = timedelta(seconds=60)
"""The longest stretch that counts whole: two heartbeats of 30 seconds, as when one got lost on the way."""
LESSONS = ["/study/G1/G1-M1-L1", "/study/G1/G1-M1-L2", "/study/D1/D1-M1-L1"]
TASKS = ["/study/G1/G1-M2-P1", "/study/G1/G1-M2-P2", "/study/G1/G1-M2-P3", "/study/D1/D1-M1-P1"]
QUIZ = "/study/G1/G1-M1-Q"
RIGHT = {"A", "B", "T"}  # of the builders' bank: A; A and B; true


@dataclass
class Player:
    """What js/player.js does on a lesson's page: opens a session, then posts one heartbeat after another."""

    world: World
    person: Person
    told: dict[str, Any] = field(default_factory=dict)
    seq: int = 0
    film_at: int = 0  # milliseconds

    def opens(self, lesson: str) -> None:
        box = self.person.reads(lesson).soup.select_one("[data-study]")
        assert box is not None, f"{lesson} does not count"
        self.token, self.seq, self.film_at = str(box["data-token"]), 0, 0
        self.has_film = bool(box["data-video"])
        self.told = self._posts(str(box["data-start"]))

    def plays_to_the_end(self) -> None:
        """To the last second of the lesson; an open question is answered with the next heartbeat."""
        heard = {"state": "counting"}
        while heard["state"] != "ended":
            self.world.clock.set(self.world.now + BEAT)
            heard = self._posts(self.told["beats"], **self._fields(present=heard["state"] == "check"))
            assert heard["state"] in {"counting", "check", "ended"}, heard
        assert heard["why"] == "completed", heard

    def _fields(self, *, present: bool) -> dict[str, Any]:
        self.seq += 1
        sent: dict[str, Any] = {"seq": self.seq, "playing": "y"}
        if present:
            sent["present"] = "y"
        if self.has_film:
            began = self.film_at
            self.film_at = min(began + int(BEAT.total_seconds()) * 1000, self.told["video"] * 1000)
            sent |= {"media_from": began, "media_to": self.film_at}
        return sent

    def _posts(self, address: str, **sent: Any) -> dict[str, Any]:
        answer = self.person.browser.post(address, data={**sent, "csrf_token": self.token})
        assert answer.status_code == 200, f"{address}: {answer.status_code} {answer.get_data(as_text=True)}"
        told: dict[str, Any] = answer.get_json()
        return told


def studies(world: World, person: Person) -> None:
    """Every lesson by the clock, each on an evening of its own, and the quiz."""
    player = Player(world, person)
    for day, lesson in enumerate(LESSONS, 3):
        world.it_is(f"2026-11-{day:02d} 19:00")
        player.opens(lesson)
        player.plays_to_the_end()
        person.reads(lesson).says("已学完")
    passes_the_quiz(person)


def passes_the_quiz(person: Person) -> None:
    page = person.presses(QUIZ, "开始测验")
    person.fills_in(page, "交卷", **_right_answers(page)).says("通过：100%")


def _right_answers(page: Any) -> dict[str, Any]:
    """The boxes of the page that are right, each of them offered there."""
    answers: dict[str, Any] = {}
    for box in page.soup.find_all("input", type=["radio", "checkbox"]):
        name, value = str(box["name"]), str(box["value"])
        if box["type"] == "checkbox" and value in {"A", "B"}:
            answers.setdefault(name, []).append(value)
        elif box["type"] == "radio" and value in {"A", "T"}:
            answers[name] = value
    return answers


def hands_in(person: Person, task: str) -> None:
    """One file with its receipt, then the work."""
    name = task.rpartition("/")[2]
    person.presses(task, "上传文件", file=Upload(PDF + name.encode(), f"{name}.pdf")).says("SHA-256")
    person.presses(task, "提交批阅", note="人工核对了来源").says("等待讲师批阅")


def is_accepted(world: World) -> None:
    """The trainer marks everything that waits, point by point."""
    trainer = world.staff("jiaowu")
    while True:
        waiting = trainer.reads("/staff/practical").soup.select("main table a[href*='/staff/practical/W']")
        if not waiting:
            return
        trainer.presses(str(waiting[0]["href"]), "通过", "/accept", points_0="38", points_1="28", points_2="18",
                        points_3="9", comment="完成度好，来源清楚。")


class Sending:
    """What js/upload.js does on a task's page: begins a file, or goes on with it, and sends it piece by piece."""

    def __init__(self, person: Person, task: str, content: bytes, name: str):
        self.person, self.content = person, content
        form = person.reads(task).soup.select_one("form[data-pieces]")
        assert form is not None, f"{task} takes no file"
        sent = fields_of(form)
        self.token = str(sent["csrf_token"])
        told = person.browser.post(str(form["data-pieces"]), data={
            "csrf_token": self.token, "name": name, "size": len(content), "head": content[:512].hex(),
            "deliverable": sent["deliverable"]}).get_json()
        self.address, self.offset, self.piece = str(told["address"]), int(told["offset"]), int(told["piece"])

    def sends_a_piece(self) -> None:
        piece = self.content[self.offset:self.offset + self.piece]
        answer = self.person.browser.patch(self.address, data=piece, headers={
            "X-CSRFToken": self.token, "Upload-Offset": str(self.offset),
            "Content-Type": "application/offset+octet-stream"})
        assert answer.status_code in {200, 204}, answer.status_code
        self.offset += len(piece)

    def sends_the_rest(self) -> None:
        while self.offset < len(self.content):
            self.sends_a_piece()
