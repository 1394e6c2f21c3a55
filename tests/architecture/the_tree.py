"""What the tests of this folder know about the program's shape; see README, "How it is put together"."""

import ast
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENROLL = ROOT / "enroll"
TEMPLATES = ROOT / "templates"

GROUND = ["foundation", "storage", "web", "documents", "audit"]
JOURNEY = [
    *GROUND,
    *["accounts", "learners", "programmes", "fees", "enrolments", "hours", "questions", "courses", "sittings"],
    *["applications", "groups", "admission", "results", "certificates", "exchange", "corrections", "recovery",
      "handovers", "supervision"],
    *["home", "desk", "verification", "privacy", "api", "notifications", "demo"],
]
"""The order of a learner's life with us. A package may use the ones before it, never one after it."""

FREE_NAMES = {*GROUND, "notifications", "demo"}
"""Packages whose files are named after their matter; every other package is a feature."""

LAYERS = [
    *["rules", "events", "permissions", "lifecycle", "models", "queries", "services", "forms", "views", "staff_views"],
    "jobs",
]
"""The files of a feature; each may use the ones before it."""

MODULES = sorted(ENROLL.rglob("*.py"))
PACKAGES = [name for name in JOURNEY if (ENROLL / name).is_dir()]


def refuse(found: Sequence[str], teaching: str) -> None:
    """Fail with everything that was found, and the rule that it breaks."""
    if found:
        pytest.fail("\n".join([teaching, "", *found]), pytrace=False)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def place(path: Path) -> tuple[str, str]:
    """('applications', 'services') for enroll/applications/services.py and enroll/applications/services/review.py;
    ('', 'commands') for a file directly below enroll/."""
    parts = path.relative_to(ENROLL).with_suffix("").parts
    return ("", parts[0]) if len(parts) == 1 else (parts[0], parts[1])


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def imports_of(path: Path) -> Iterator[str]:
    """Every dotted name this file imports, wherever in it the import stands."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def own_imports_of(path: Path) -> Iterator[tuple[str, str, str]]:
    """(package, file, dotted name) for every import from our own packages."""
    for name in imports_of(path):
        parts = [*name.split("."), "", ""]
        if parts[0] == "enroll":
            yield parts[1], parts[2], name


def lines(path: Path, matches: Callable[[ast.AST], bool]) -> list[str]:
    """'line 12' for each piece of this file's code that matches."""
    return [f"line {node.lineno}" for node in ast.walk(tree_of(path)) if matches(node)]  # type: ignore[attr-defined]
