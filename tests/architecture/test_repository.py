"""What is committed: a fixed top level, locks without addresses, nothing generated."""

import re
import subprocess
import tomllib

import pytest

from tests.architecture.the_tree import ROOT, refuse

TOP = {"enroll", "migrations", "templates", "tests", "config.py", "wsgi.py", "pyproject.toml", "README.md"}
TOP |= {"requirements.txt"}
LOCKS = ["requirements.txt", "tests/requirements.txt"]
GENERATED = re.compile(r"(^|/)(uv\.lock|pylock\.toml|__pycache__|instance)(/|$)|\.(pyc|mo|db|db-wal|sqlite3?|log)$")

LEFT_BEHIND = re.compile(r"^(\.venv|instance|build)/|(^|/)(__pycache__|\.\w+_cache|\.hypothesis|[\w-]+\.egg-info)/")
"""What .gitignore names."""


def committed():
    """What git keeps; of an unpacked archive, whatever lies in it but for what running and testing leave behind."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
        return listed.stdout.splitlines()
    lying = (path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.is_file())
    return [path for path in lying if not LEFT_BEHIND.search(path)]


def pins(lock):
    """(name, version, marker) of each pinned package."""
    lines = (ROOT / lock).read_text().splitlines()
    return {line.rstrip(" \\") for line in lines if re.match(r"[A-Za-z0-9]", line)}


def test_the_top_level_stays_as_agreed():
    visible = {path.split("/")[0] for path in committed() if not path.startswith(".")}
    refuse(sorted(visible - TOP), "Not at the top level: the README is the guide, everything else has a home.")


def test_nothing_generated_is_committed():
    refuse([path for path in committed() if GENERATED.search(path)], "Made by the program; it belongs in no commit.")


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address_and_hashes_everything(lock):
    text = (ROOT / lock).read_text()
    for address in ("://", "--index", "--extra-index", "--find-links", "--trusted-host", " @ "):
        assert address not in text, f"{lock} says {address!r}; pyproject.toml says how to make it without"
    unhashed = [pin for pin in re.split(r"\n(?=\S)", text.strip()) if "--hash=sha256:" not in pin]
    refuse(unhashed, f"{lock} pins without a hash.")


def test_the_tests_run_on_exactly_the_packages_that_serve():
    assert pins("requirements.txt") <= pins("tests/requirements.txt")


def test_every_package_that_is_asked_for_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for lock, asked in [
        ("requirements.txt", project["project"]["dependencies"]),
        ("tests/requirements.txt", project["dependency-groups"]["test"]),
    ]:
        locked = {pin.split("==")[0].split("[")[0].lower().replace("_", "-") for pin in pins(lock)}
        names = {re.split(r"[\[<>=~!; ]", one)[0].lower().replace("_", "-") for one in asked}
        assert names <= locked, f"{lock} lacks {sorted(names - locked)}: make it again as pyproject.toml says."
