"""Documents: how many a core makes in a second, and how long each takes once the fonts are there."""

from collections.abc import Callable, Iterator
from statistics import median
from time import process_time

from enroll.documents.papers import Paper, as_both, as_pdf
from tests.benchmarks.measuring import Effort
from tests.builders.papers import DATED, a_confirmation, a_proof, a_record, a_ticket

PAPERS: dict[str, Callable[..., Paper]] = {
    "proof": a_proof, "ticket": a_ticket, "confirmation": a_confirmation, "record": a_record,
}
Press = Callable[..., object]
SAMPLE = 15


def figures(effort: Effort) -> Iterator[tuple[str, float]]:
    """Milliseconds of CPU, each document with another name: nothing is made twice."""
    for name, make in PAPERS.items():
        yield f"document_ms_{name}", _milliseconds(as_pdf, make, effort)
        yield f"document_ms_{name}_with_picture", _milliseconds(as_both, make, effort)
    began, wanted = process_time(), effort.runs // 5 or 2
    for number in range(wanted):
        as_pdf(_of(a_record, 1000 + number), dated=DATED)
    yield "certificates_per_second", wanted / (process_time() - began)


def _of(make: Callable[..., Paper], number: int) -> Paper:
    return make(name=f"张伟{number}", number=f"N{number:06d}")


def _milliseconds(press: Press, make: Callable[..., Paper], effort: Effort) -> float:
    press(_of(make, 0), dated=DATED)
    return median(_seconds(press, _of(make, one)) for one in range(1, min(SAMPLE, effort.runs) + 1)) * 1000


def _seconds(press: Press, paper: Paper) -> float:
    began = process_time()
    press(paper, dated=DATED)
    return process_time() - began
