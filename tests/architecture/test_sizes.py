"""Sizes are a smell and not a prison; past these a file is two files."""

from collections.abc import Iterable
from pathlib import Path

from tests.architecture.the_tree import MODULES, ROOT, TEMPLATES, name_of, refuse

LONGEST_MODULE, LONGEST_TEST, LONGEST_TEMPLATE = 400, 500, 150


def longer_than(most: int, paths: Iterable[Path]) -> list[str]:
    counted = {path: len(path.read_text().splitlines()) for path in paths}
    return [f"{name_of(path)} has {count} lines, more than {most}" for path, count in counted.items() if count > most]


def test_a_file_stays_short_enough_to_be_read_whole():
    refuse(
        longer_than(LONGEST_MODULE, [*MODULES, ROOT / "config.py", ROOT / "wsgi.py"]),
        "Make it a folder of the same name with one file per use case.",
    )


def test_a_file_of_tests_stays_short():
    refuse(longer_than(LONGEST_TEST, (ROOT / "tests").rglob("*.py")), "Split it by what it asks.")


def test_a_template_stays_short():
    refuse(
        longer_than(LONGEST_TEMPLATE, TEMPLATES.rglob("*.html")),
        "Move a part of the page to _part.html, a piece that recurs to components/.",
    )
