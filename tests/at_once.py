"""Several people pressing at the same moment, on the real database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask


def at_once(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """Run each act in a thread and context of its own, all let go together; gives what each returned or raised.

    at_once(app, *[lambda: submit("A2701-0001", by=ana, now=NOON)] * 20)
    """
    ready = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        with app.app_context():
            ready.wait(timeout=30)
            try:
                return act()
            except Exception as error:
                return error

    with ThreadPoolExecutor(len(acts)) as people:
        return list(people.map(run, acts))
