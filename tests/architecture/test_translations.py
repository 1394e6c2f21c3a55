"""Both languages are complete, and one English text has one Chinese text."""

import pytest

from tests.architecture.the_tree import JOURNEY, PACKAGES, name_of, refuse
from tests.architecture.the_words import CHINESE, PLACEHOLDER, ids_of, strings_of, texts, translations

NEVER_SAID = {
    "实名认证": "实名信息审核: nobody asks the police here",
    "考试窗口": "考期",
    "窗口期": "考期",
    "课时": "学时 (counted time) or 小节 (a lesson)",
}
"""Words the vocabulary refuses, and what to say instead."""


@pytest.mark.parametrize("package", PACKAGES)
def test_every_text_of_a_package_has_a_chinese_translation(package):
    known = {ids_of(message) for _, message in translations() if all(strings_of(message))}
    missing = [text for text in texts() if text.package == package and text.ids not in known]
    refuse(
        ["\n" + text.as_po() for text in missing],
        f"{len(missing)} texts are said in English only. Add them to enroll/translations/zh/LC_MESSAGES/{package}.po:",
    )


def test_no_text_is_translated_in_two_catalogues():
    places: dict[tuple[str | None, str], list[str]] = {}
    for path, message in translations():
        places.setdefault((message.context, ids_of(message)[0]), []).append(path.name)
    refuse(
        [f"{msgid!r}: {', '.join(files)}" for (_, msgid), files in places.items() if len(files) > 1],
        "Keep each in the catalogue of the earliest package that says it.",
    )


def test_a_catalogue_belongs_to_a_package():
    strays = sorted({path.name for path, _ in translations()} - {f"{package}.po" for package in JOURNEY})
    refuse(strays, "Name a catalogue after the package whose texts it holds.")


def test_translations_name_the_same_values_as_the_text():
    refuse(
        [
            f"{path.name}: {ids_of(message)[0]!r} -> {string!r}"
            for path, message in translations()
            for string in strings_of(message)
            if string and (named_in(string) != named_in(*ids_of(message)) or string.count("%(") != len(named(string)))
        ],
        "%(placeholders)s are the same in both languages; each ends in s or d.",
    )


def named(text: str) -> list[str]:
    return PLACEHOLDER.findall(text)


def named_in(*texts: str) -> set[str]:
    return {name for text in texts for name in named(text)}


def test_nothing_is_marked_fuzzy():
    fuzzy = [f"{path.name}: {ids_of(message)[0]!r}" for path, message in translations() if message.fuzzy]
    refuse(fuzzy, "A fuzzy translation is a guess; decide and take the mark away.")


def test_english_is_the_language_of_the_source():
    chinese = [text for text in texts() if CHINESE.search(text.msgid)]
    refuse(
        [f"{name_of(text.path)} line {text.line}: {text.msgid!r}" for text in chinese],
        "Write the text in English and its Chinese in the catalogue.",
    )


def test_chinese_texts_use_the_words_of_the_vocabulary():
    refuse(
        [
            f"{path.name}: {string!r} says {word}; say {instead}"
            for path, message in translations()
            for string in strings_of(message)
            for word, instead in NEVER_SAID.items()
            if word in string
        ],
        "One word for each thing.",
    )
