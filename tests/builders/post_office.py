"""A real mail server on this machine, for what only a real one shows."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller


@contextmanager
def a_post_office(handler: Any, **options: Any) -> Iterator[int]:
    """Serve this handler (aiosmtpd's protocol) while the test runs; gives the port."""
    controller = Controller(handler, hostname="127.0.0.1", port=a_free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
