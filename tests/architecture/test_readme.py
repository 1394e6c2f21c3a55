"""The README's commands stand where a newcomer looks, and its generated parts are as the program is."""

import re
from importlib import import_module

from enroll.commands import LIFECYCLES, README, with_generated_parts
from enroll.foundation.lifecycle import Lifecycle
from tests.architecture.the_tree import ENROLL, PACKAGES, refuse


def line_under(heading: str) -> str:
    found = re.search(rf"^## {heading}\n.*?^```\w*\n(.*?)^```", README.read_text(), re.S | re.M)
    assert found, f"the README has no fenced command under '## {heading}'"
    return found.group(1).strip()


def test_one_line_sets_everything_up_and_runs_it():
    line = line_under("Run it")
    assert "\n" not in line
    assert "--require-hashes -r requirements.txt" in line
    assert line.endswith("flask demo")


def test_one_line_sets_everything_up_and_tests_it():
    line = line_under("Test it")
    assert "\n" not in line
    assert "--require-hashes -r tests/requirements.txt" in line
    assert "pytest" in line.split("&&")[-1]


def test_the_readme_shows_the_program_as_it_is():
    text = README.read_text()
    assert with_generated_parts(text) == text, "run `flask readme` and commit what it writes"


def test_the_readme_shows_every_lifecycle():
    packages = [name for name in PACKAGES if (ENROLL / name / "lifecycle.py").exists()]
    modules = [import_module(f"enroll.{name}.lifecycle") for name in packages]
    known = [one for module in modules for one in vars(module).values() if isinstance(one, Lifecycle)]
    missing = [lifecycle.name for lifecycle in known if lifecycle not in LIFECYCLES]
    refuse(missing, "Add it to LIFECYCLES in enroll/commands.py.")
