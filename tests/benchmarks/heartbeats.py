"""Timed study: what a heartbeat of the player costs."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

from enroll.courses.services.study import start_session
from enroll.storage.database import db
from tests.architecture.the_forms import counted_statements
from tests.benchmarks.client import Ask, post
from tests.benchmarks.house import House, Visitor, a_house
from tests.benchmarks.measuring import Effort, measured
from tests.builders.courses import READING, the_courses
from tests.builders.study import a_student, account_of, acting
from tests.conftest import NOON
from tests.fixtures import SeparateRequests


def figures(effort: Effort) -> Iterator[tuple[str, float]]:
    with a_house() as house:
        players = [a_player(house, number) for number in range(max(effort.size // 6, 2))]
        yield "heartbeat_statements", statements_of(house, *players[0])
        with house.serve() as server:
            found = measured(server, {"heartbeat": beats(players[1:])}, effort)
        yield "heartbeat_vs_null", found.rate_against("heartbeat")
        yield "heartbeat_cpu_vs_null", found.cpu_against("heartbeat")
        yield "heartbeats_per_second", found.rate("heartbeat")
        yield "heartbeat_cpu_ms", found.cpu_ms("heartbeat")


def a_player(house: House, number: int) -> tuple[Visitor, str]:
    """Somebody in a lesson: their browser, and the address that hears their heartbeats."""
    account = account_of(a_student(f"player{number}"))
    if number == 0:
        the_courses()
    opened = start_session(READING, by=acting(account), now=NOON, browser="bench", device="bench")
    return house.sign_in(account.id), f"/study/sessions/{opened.token}"


def beats(players: list[tuple[Visitor, str]]) -> Iterator[Ask]:
    """One of each player after the other: as in an office, hardly anybody beats twice at the same moment."""
    for seq in count(1):
        for who, address in players:
            yield post(address, who, {"seq": str(seq), "playing": "y"}, status=200)


def statements_of(house: House, who: Visitor, address: str) -> int:
    """Of one heartbeat, from the cookie to the answer."""
    browser = SeparateRequests(house.app, house.app.response_class, use_cookies=False)
    fields = {"csrf_token": who.csrf, "playing": "y"}
    db.session.remove()
    for seq in (1, 2):
        fields["seq"] = str(seq)
        house.app.extensions["clock"].set(NOON + timedelta(seconds=30 * seq))
        with counted_statements() as number:
            answer = browser.post(address, data=fields, headers={"Cookie": who.cookie},
                                  base_url="http://127.0.0.1")
        assert answer.status_code == 200, answer.get_data(as_text=True)
    return number[0]
