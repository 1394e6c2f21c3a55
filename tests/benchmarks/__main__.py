"""python -m tests.benchmarks NAME: what `flask bench` runs. A line for each figure, named as in the README."""

import dataclasses
from collections.abc import Callable, Iterator
from time import monotonic

import click

from tests.benchmarks import documents, hammer, heartbeats, opening
from tests.benchmarks.measuring import TINY, Effort

Figures = Callable[[Effort], Iterator[tuple[str, float]]]
BENCHES: dict[str, tuple[Figures, set[str]]] = {
    "documents": (documents.figures, {"certificates_per_second", "document_ms_ticket_with_picture"}),
    "hammer": (hammer.figures, {"oversold"}),
    "heartbeats": (heartbeats.figures, {"heartbeat_statements", "heartbeat_vs_null"}),
    "opening": (opening.figures, {"submit_vs_null", "submit_vs_pgbench", "submit_cpu_vs_null", "home_vs_null",
                                  "picker_vs_null", "flow_cpu_vs_null", "worker_mb"}),
}
"""What can be measured, and the figures that were promised of it (others come beside them)."""


@click.command()
@click.argument("name", type=click.Choice(sorted(BENCHES)))
@click.option("--runs", default=None, type=int, help="of the hammer, on each database (1,000)")
@click.option("--rounds", default=None, type=int, help="of everything that is measured against each other (3)")
@click.option("--seconds", default=None, type=float, help="of each burst (2)")
@click.option("--size", default=None, type=int, help="people or records in the world")
@click.option("--tiny", is_flag=True, help="only whether it runs at all; its figures say nothing")
def bench(name: str, tiny: bool, **changed: float | None) -> None:
    """Measure one matter. Ctrl-C ends it; what was started ends with it."""
    began = monotonic()
    effort = dataclasses.replace(TINY if tiny else Effort(), **{key: one for key, one in changed.items() if one})
    for figure, number in BENCHES[name][0](effort):
        click.echo(f"{figure}: {number:g}" if number == int(number) else f"{figure}: {number:.3f}")
    click.echo(f"measured in {monotonic() - began:.0f} s", err=True)


if __name__ == "__main__":
    bench()
