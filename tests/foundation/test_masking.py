"""What stays of a name where it is not needed whole."""

import pytest

from enroll.foundation.masking import mask_name


@pytest.mark.parametrize(("name", "shown"), [
    ("张伟", "张*"), ("欧阳思源", "欧**源"), ("𠮷野", "𠮷*"), ("阿卜杜拉·买买提", "阿**拉·买*提"), ("", ""),
    ("Maximilian Alexander Constantin", "M*** A*** C***"), ("Émile Zola", "É*** Z***"), ("Li", "L***"),
    ("L000012", "L000012"),  # somebody without a name yet, by their reference
])  # fmt: skip
def test_a_name_keeps_its_first_and_last_character_and_a_long_one_is_no_row_of_stars(name, shown):
    assert mask_name(name) == shown
