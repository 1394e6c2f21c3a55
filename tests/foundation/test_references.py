"""The shape of references."""

import pytest

from enroll.foundation.references import is_reference


@pytest.mark.parametrize("text", ["A2701-0001", "F000001"])
def test_a_reference_is_the_whole_text(text):
    assert is_reference(text)
    assert not is_reference(text + "\n")
    assert not is_reference("\n" + text)
    assert not is_reference(text.lower())
