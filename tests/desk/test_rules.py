"""Every act that the program notes in the audit reads as words, in both languages."""

import re
from pathlib import Path

import pytest

from enroll.desk.rules.acts import ACTS, BY_ACT, words_of_act
from enroll.web.language import in_language, translate

SOURCES = Path(__file__).parents[2] / "enroll"
NOTED = re.compile(r'(?:\brecord|\bnote_act)\(\s*session,\s*"([a-z_]+\.[a-z_]+)"(?: if \w+ else "([a-z_]+\.[a-z_]+)")?')


def noted_in_the_sources():
    texts = (file.read_text() for file in SOURCES.rglob("*.py"))
    return {act for text in texts for found in NOTED.findall(text) for act in found if act}


def test_every_act_that_is_noted_has_words():
    noted = noted_in_the_sources()
    assert {"consent.give", "sitting.open", "fee.payment"} <= noted
    without = {act for act in noted if words_of_act(act).text == act}
    assert not without


def test_every_move_of_every_lifecycle_has_words():
    for record, lifecycle in BY_ACT.items():
        for move in ("begin", *lifecycle.moves):
            assert "." not in words_of_act(f"{record}.{move}").text


@pytest.mark.one_database
def test_acts_read_in_both_languages(app):
    for act in (*ACTS, "application.approve", "certificate.propose_revoke", "certificate.drop_revoke"):
        with app.test_request_context(), in_language("zh"):
            chinese = translate(words_of_act(act))
        with app.test_request_context(), in_language("en"):
            english = translate(words_of_act(act))
        assert re.search("[一-鿿]", chinese), act
        assert english.isascii(), act
