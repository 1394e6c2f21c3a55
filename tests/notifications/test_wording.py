"""No message promises a pass."""

from pathlib import Path

import pytest

from enroll.programmes.rules.advertising import STANDING, words_in

MESSAGES = Path(__file__).parents[2] / "templates" / "messages"


@pytest.mark.one_database
def test_no_message_promises_a_pass():
    found = {path.name: words_in(STANDING, path.read_text()) for path in MESSAGES.rglob("*.txt")}
    assert len(found) > 50
    assert {name: words for name, words in found.items() if words} == {}
