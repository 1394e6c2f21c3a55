"""One run of the tests: its moment, its databases, and which tests it takes. What a test may ask for stands in
tests/fixtures.py, which brings the whole program."""

import gc
import os
from base64 import urlsafe_b64encode
from collections.abc import Collection
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
OTHER = "other"

# One run: its folder is made by the process that was started, and handed to the workers of xdist.

RUN_FOLDER = pytest.StashKey[Path]()
DATABASES = pytest.StashKey[Databases]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=[SQLITE, POSTGRESQL, "both", OTHER],
        default="both",
        help="which database the tests that need one run on (default: each of them on both, those of pages on one; "
        "other: only those of pages, each on the other one)",
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
        one = database_of_pages(metafunc.definition.path, metafunc.fixturenames)
        marks = {mark.name for mark in metafunc.definition.iter_markers()}
        if marks & {"browser", "one_database"}:
            one = SQLITE
        if asked == "both":
            kinds = [one] if one else [SQLITE, POSTGRESQL]
        elif asked == OTHER:
            kinds = [SQLITE if one == POSTGRESQL else POSTGRESQL]
        else:
            kinds = [asked]
        metafunc.parametrize("database", kinds, indirect=True)


def database_of_pages(file: Path, asks_for: Collection[str]) -> str | None:
    """Tests that go through pages ask the services, which are asked on both, and draw: one database is enough while
    working. Staff's lists with their filters are asked on the stricter one."""
    drawn = file.stem.endswith(("views", "pages")) or {"client", "sign_in"} & set(asks_for)
    if not drawn or file.parent.name == "architecture":
        return None
    return POSTGRESQL if "staff" in file.stem else SQLITE


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
    if config.getoption("--database") == OTHER:
        left_out += [item for item in items if not _on_the_other(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]


def _on_the_other(item: pytest.Item) -> bool:
    asks_for = getattr(item, "fixturenames", ())
    asks_one = "database" in asks_for and database_of_pages(item.path, asks_for)
    return bool(asks_one) and item.get_closest_marker("one_database") is None


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if config.getoption("markexpr") or config.getoption("file_or_dir"):
        return
    for mark, what in SLOWER.items():
        where = f"ask for them with -m {mark}"
        if mark == "browser" and not CHROMIUM.exists():
            where = "they need Debian's package chromium"
        terminalreporter.write_line(f"{what} did not run: {where}.")
    if config.getoption("--database") == "both":
        terminalreporter.write_line(f"The tests of pages ran on one database each; the other: --database {OTHER}.")


def _browser_asked_for(config: pytest.Config) -> bool:
    return "browser" in config.getoption("markexpr")
