"""Clients that cost little: HTTP by hand over kept connections, so that it is not the client that is measured."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.benchmarks.house import Server, Visitor

REPLACED = 2000  # characters of an unexpected answer that are shown


@dataclass(frozen=True)
class Ask:
    """One request as it goes over the wire, and the status that is expected."""

    wire: bytes
    status: int = 200


@dataclass
class Burst:
    """What came of a burst: how many were answered as expected, in what time and CPU seconds; and the first other."""

    answered: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    odd: str = ""

    @property
    def rate(self) -> float:
        return self.answered / self.seconds

    @property
    def cpu_each(self) -> float:
        return self.cpu / max(self.answered, 1)


def get(path: str, who: Visitor | None = None) -> Ask:
    return Ask(_head("GET", path, who) + b"\r\n")


def post(path: str, who: Visitor, fields: dict[str, str | list[str]], *, status: int = 303, come_from: str = "") -> Ask:
    """A form sent; `come_from` is the visitor's address as a proxy would report it."""
    body = urlencode({"csrf_token": who.csrf, **fields}, doseq=True).encode()
    head = _head("POST", path, who) + (f"X-Forwarded-For: {come_from}\r\n".encode() if come_from else b"")
    head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    return Ask(head + body, status)


def burst(server: Server, asks: Iterator[Ask], *, clients: int, seconds: float) -> Burst:
    """Let so many clients ask, each the next of `asks` as soon as it is answered, until the time or the asks are over.
    What is under way is answered: it counts."""
    result, before = Burst(), server.cpu()
    began = time.monotonic()
    asyncio.run(_everybody(server.port, asks, clients, began + seconds, result))
    result.seconds, result.cpu = time.monotonic() - began, server.cpu() - before
    return result


async def _everybody(port: int, asks: Iterator[Ask], clients: int, until: float, result: Burst) -> None:
    await asyncio.gather(*(_client(port, asks, until, result) for _ in range(clients)))


async def _client(port: int, asks: Iterator[Ask], until: float, result: Burst) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    while time.monotonic() < until and (ask := next(asks, None)) is not None:
        writer.write(ask.wire)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status, headers = int(head[9:12]), head.lower()
        length = int(headers.split("content-length:")[1].split("\r\n")[0]) if "content-length:" in headers else 0
        body = await reader.readexactly(length) if length else b""
        result.statuses[status] += 1
        if status == ask.status:
            result.answered += 1
        elif not result.odd:
            result.odd = f"{ask.wire[:120]!r} was answered {head[:60]!r} {body.decode(errors='replace')[:REPLACED]}"
        if "connection: close" in headers:
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    writer.close()


def _head(method: str, path: str, who: Visitor | None) -> bytes:
    cookie = f"Cookie: {who.cookie}\r\n" if who else ""
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{cookie}".encode()
