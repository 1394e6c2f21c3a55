"""Aiken: one line for the question, one for each option, then ANSWER. Strict, as Moodle's documentation says it is.

Source: docs.moodle.org, "Aiken format". Two options that say true and false make a true-or-false question.
"""

import re
from collections.abc import Iterator

from enroll.foundation.problems import Problem, Refused, problem
from enroll.foundation.text import UnreadableText, clean_line
from enroll.foundation.words import N_
from enroll.questions.rules.questions import (
    FALSE,
    LETTERS,
    TRUE,
    Kind,
    NewQuestion,
    ReadFile,
    ReadQuestion,
    RowFault,
    lettered,
    normalised,
    question_faults,
)

OPTION = re.compile(r"([A-Z])[.)]\s+(.*)")
ANSWER = re.compile(r"ANSWER:\s*(.*)")
TRUTHS = {("正确", "错误"), ("对", "错"), ("true", "false")}


def read_aiken(text: str) -> ReadFile:
    """Every question that can be taken, and a fault with its line for each that cannot."""
    questions, faults = list[ReadQuestion](), list[RowFault]()
    for first, lines in _groups(text):
        try:
            questions.append(ReadQuestion(first, _question(first, lines)))
        except _At as wrong:
            faults += [RowFault(wrong.line, "", one) for one in wrong.problems]
    return ReadFile(tuple(questions), tuple(faults))


class _At(Refused):
    def __init__(self, line: int, *problems: Problem):
        self.line = line
        super().__init__(problems)


def _groups(text: str) -> Iterator[tuple[int, list[str]]]:
    """Lines up to and with an ANSWER line, or up to an empty one; with the number of the first."""
    group, first = list[str](), 0
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate([*lines, ""], start=1):
        if line.strip():
            first = first if group else number
            group.append(line.strip())
        if group and (not line.strip() or ANSWER.match(line.strip())):
            yield first, group
            group = []


def _question(first: int, lines: list[str]) -> NewQuestion:
    stem, *rest = lines
    if OPTION.match(stem) or ANSWER.match(stem):
        raise _At(first, problem("aiken_no_stem", N_("There is no question above; it stands in one line, without an "
                                                     "empty line before its options.")))
    found = ANSWER.match(rest[-1]) if rest else None
    if found is None:
        last = first + len(lines) - 1
        raise _At(last, problem("aiken_no_answer", N_("The line “ANSWER: letter” is missing, or an empty line parts "
                                                      "the question.")))
    texts = list(_options(first + 1, rest[:-1]))
    right = found[1].strip()
    if len(right) != 1 or right not in LETTERS[: len(texts)]:
        text = N_("“ANSWER:” is followed by the letter of one option.")
        raise _At(first + len(lines) - 1, problem("aiken_answer", text))
    new = _made(first, stem, texts, right)
    if problems := question_faults(new):
        raise _At(first, *problems)
    return new


def _options(first: int, lines: list[str]) -> Iterator[str]:
    for at, line in enumerate(lines):
        found = OPTION.match(line)
        if at >= len(LETTERS):
            raise _At(first + at, problem("options_many", N_("At most %(most)d options."), most=len(LETTERS)))
        if found is None or found[1] != LETTERS[at]:
            text = N_("An option begins with its letter, a point or bracket, and a space; here “%(letter)s. ” is due.")
            raise _At(first + at, problem("aiken_option", text, letter=LETTERS[at]))
        yield found[2]


def _made(first: int, stem: str, texts: list[str], right: str) -> NewQuestion:
    try:
        stem, texts = clean_line(stem), [clean_line(text) for text in texts]
    except UnreadableText as error:
        text = N_("The question holds a character that cannot be used.")
        raise _At(first, problem("aiken_unreadable", text)) from error
    if tuple(normalised(text) for text in texts) in TRUTHS:
        return NewQuestion("", Kind.JUDGE, "", "", stem, (TRUE if right == "A" else FALSE,))
    return NewQuestion("", Kind.SINGLE, "", "", stem, (right,), lettered(texts))
