"""One run of the tests: its moment, its databases, and which tests it takes. What a test may ask for stands in
tests/fixtures.py, which brings the whole program."""

import gc
import os
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.databases import POSTGRESQL, SQLITE, Databases, end_run, new_run_folder

NOON = datetime(2026, 11, 22, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)
"""The fixed moment of the tests, the same as the demo's first moment: a Sunday, the January window open."""

CHROMIUM = Path("/usr/bin/chromium")
SECRET_KEY = "a secret of the tests, long enough to be taken for one"
FIELD_KEY = urlsafe_b64encode(os.urandom(32)).decode()

# One run: its folder is made by the process that was started, and handed to the workers of xdist.

RUN_FOLDER = pytest.StashKey[Path]()
DATABASES = pytest.StashKey[Databases]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=[SQLITE, POSTGRESQL, "both"],
        default="both",
        help="which database the tests that need one run on (default: each of them on both)",
    )


def pytest_configure(config: pytest.Config) -> None:
    handed_over = getattr(config, "workerinput", None)
    folder = Path(handed_over["run_folder"]) if handed_over else new_run_folder()
    config.stash[RUN_FOLDER] = folder
    gc.disable()  # until everything is imported, which throws little away
    if handed_over or not config.getoption("numprocesses", None):
        config.pluginmanager.import_plugin("tests.fixtures")  # whoever only hands out tests needs no program
    config.stash[DATABASES] = Databases(folder, os.environ.get("PYTEST_XDIST_WORKER", "alone"))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["run_folder"] = str(node.config.stash[RUN_FOLDER])


def pytest_sessionfinish(session: pytest.Session) -> None:
    session.config.stash[DATABASES].let_go()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and RUN_FOLDER in config.stash:
        end_run(config.stash[RUN_FOLDER])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        asked = metafunc.config.getoption("--database")
        marks = {mark.name for mark in metafunc.definition.iter_markers()}
        if asked == "both" and marks & {"browser", "one_database"}:
            asked = SQLITE
        metafunc.parametrize("database", [SQLITE, POSTGRESQL] if asked == "both" else [asked], indirect=True)


# What is slow runs only when asked for; the summary says so, so that nobody counts on what never ran.

SLOWER = {"browser": "The tests in a browser", "sweep": "The sweeps over every page, form and route",
          "bench": "The benchmarks in a tiny size"}


def pytest_collection_finish() -> None:
    """What stands now stays to the end: the collector need not look through it again with every few hundred objects."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000, 20, 20)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if _browser_asked_for(config) and not CHROMIUM.exists():
        pytest.exit(f"The tests in a browser need {CHROMIUM} (Debian's package chromium).", returncode=4)
    unasked = [mark for mark in SLOWER if mark not in config.getoption("markexpr")]
    left_out = [item for item in items if any(map(item.get_closest_marker, unasked))]  # keywords hold folders too
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if config.getoption("markexpr") or config.getoption("file_or_dir"):
        return
    for mark, what in SLOWER.items():
        where = f"ask for them with -m {mark}"
        if mark == "browser" and not CHROMIUM.exists():
            where = "they need Debian's package chromium"
        terminalreporter.write_line(f"{what} did not run: {where}.")


def _browser_asked_for(config: pytest.Config) -> bool:
    return "browser" in config.getoption("markexpr")
