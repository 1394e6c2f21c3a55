"""Every benchmark runs, in the smallest size: its figures say nothing then, but they are those that were promised."""

import re
import subprocess
import sys

import pytest

from tests.architecture.the_tree import ROOT
from tests.benchmarks.__main__ import BENCHES


@pytest.mark.bench
@pytest.mark.parametrize("name", sorted(BENCHES))
def test_a_benchmark_prints_the_figures_that_it_promises(name):
    command = [sys.executable, "-m", "flask", "bench", name, "--tiny"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-2000:]
    figures = dict(re.findall(r"^([a-z0-9_]+): ([0-9.]+)$", done.stdout, re.M))
    assert figures.keys() >= BENCHES[name][1]
    assert float(figures.get("oversold", 0)) == 0
