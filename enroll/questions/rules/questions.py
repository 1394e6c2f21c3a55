"""What a question must be, whether an answer is right, and how two questions are found to be the same."""

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_

TRUE, FALSE = "T", "F"
JUDGE_OPTIONS = {TRUE: N_("True"), FALSE: N_("False")}
LETTERS = "ABCDEFGH"
MOST_STEM, MOST_OPTION, MOST_ANSWER, MOST_EXPLANATION, MOST_SOURCE = 2000, 500, 2000, 3000, 200
MOST_ACCEPTED = 20
# Two texts that share so much of their pieces are probably one question, written twice.
ALIKE = 0.75
PIECE = 2


class Kind(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    JUDGE = "judge"
    FILL = "fill"
    SHORT = "short"


KIND_NAMES = {
    Kind.SINGLE: N_("One answer"),
    Kind.MULTIPLE: N_("More than one answer"),
    Kind.JUDGE: N_("True or false"),
    Kind.FILL: N_("Fill in"),
    Kind.SHORT: N_("Short answer"),
}
CHOSEN = frozenset({Kind.SINGLE, Kind.MULTIPLE, Kind.JUDGE})  # answered by choosing, not by typing
DIFFICULTY_NAMES = {1: N_("Easy"), 2: N_("Medium"), 3: N_("Hard")}


@dataclass(frozen=True)
class NewQuestion:
    """A question for the bank.

    `answer`: the keys of the right options; for true or false ('T',) or ('F',); for a fill-in every accepted answer;
    for a short answer the one model answer that learners compare theirs with. `topic` is the code of a module.
    """

    code: str
    kind: str
    topic: str
    section: str
    stem: str
    answer: tuple[str, ...]
    options: Mapping[str, str] = field(default_factory=dict)
    explanation: str = ""
    difficulty: int = 1
    source: str = ""


@dataclass(frozen=True)
class RowFault:
    """Why one question of a file is left out, or a hint about one that is not. `line` counts from 1."""

    line: int
    column: str
    problem: Problem


@dataclass(frozen=True)
class ReadQuestion:
    """A question of a file, and the line or row it begins in."""

    line: int
    new: NewQuestion


@dataclass(frozen=True)
class ReadFile:
    questions: tuple[ReadQuestion, ...]
    faults: tuple[RowFault, ...]


def normalised(text: str) -> str:
    """How typed answers are compared: full-width as half-width (NFKC), without regard to case and to any spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def is_right(kind: str, right: Sequence[str], chosen: Sequence[str]) -> bool | None:
    """Whether the answer is right; None for a short answer, which only its writer can compare with the model."""
    if kind == Kind.SHORT:
        return None
    if kind == Kind.FILL:
        return bool(chosen) and normalised(chosen[0]) in {normalised(one) for one in right}
    return set(chosen) == set(right)


def question_faults(new: NewQuestion) -> tuple[Problem, ...]:
    """Why this question cannot be asked; () when it can."""
    found = []
    if new.kind not in set(Kind):
        text = N_("There is no kind of question “%(kind)s”.")
        found.append(problem("kind_unknown", text, field="kind", kind=new.kind))
    if not new.stem.strip():
        found.append(problem("stem_missing", N_("The question has no text."), field="stem"))
    if new.difficulty not in DIFFICULTY_NAMES:
        found.append(problem("difficulty_unknown", N_("Difficulty is 1, 2 or 3."), field="difficulty"))
    found += _typed_faults(new) if new.kind in {Kind.FILL, Kind.SHORT} else _option_faults(new)
    return (*found, *_too_long(new))


def _option_faults(new: NewQuestion) -> Iterator[Problem]:
    keys = set(JUDGE_OPTIONS) if new.kind == Kind.JUDGE else set(new.options)
    texts = [normalised(text) for text in new.options.values()]
    if len(keys) < 2 or not all(texts):
        text = N_("A question needs at least two options with text.")
        yield problem("options_missing", text, field="options")
    if len(set(texts)) != len(texts):
        yield problem("options_twice", N_("Two options say the same."), field="options")
    if not new.answer or not set(new.answer) <= keys or len(set(new.answer)) != len(new.answer):
        yield problem("answer_unknown", N_("The right answers are not among the options."), field="answer")
    if (len(new.answer) > 1) != (new.kind == Kind.MULTIPLE) and new.answer:
        yield problem("answer_count", N_("Only a question with more than one answer has several right ones, and "
                                         "it has at least two."), field="answer")


def _typed_faults(new: NewQuestion) -> Iterator[Problem]:
    if new.options:
        yield problem("options_with_typing", N_("What is typed has no options."), field="options")
    if not new.answer or not all(normalised(one) for one in new.answer):
        yield problem("answer_missing", N_("Give the answer."), field="answer")
    if new.kind == Kind.SHORT and len(new.answer) > 1:
        yield problem("answer_several", N_("A short answer has one model answer."), field="answer")
    if new.kind == Kind.FILL and len({normalised(one) for one in new.answer}) < len(new.answer):
        text = N_("Two accepted answers are the same: case, spaces and full width do not count.")
        yield problem("answer_twice", text, field="answer")


def _too_long(new: NewQuestion) -> Iterator[Problem]:
    for name, text, most in (("stem", new.stem, MOST_STEM), ("explanation", new.explanation, MOST_EXPLANATION),
                             ("source", new.source, MOST_SOURCE),
                             *(("options", one, MOST_OPTION) for one in new.options.values()),
                             *(("answer", one, MOST_ANSWER) for one in new.answer)):
        if len(text) > most:
            yield problem("too_long", N_("At most %(most)d characters."), field=name, most=most)
    if len(new.options) > len(LETTERS):
        yield problem("options_many", N_("At most %(most)d options."), field="options", most=len(LETTERS))
    if len(new.answer) > MOST_ACCEPTED:
        yield problem("answer_many", N_("At most %(most)d accepted answers."), field="answer", most=MOST_ACCEPTED)


# The same question twice.

def digest_of(new: NewQuestion) -> str:
    """SHA-256 of what is asked, as far as it matters: the stem's letters and digits and those of the options, in any
    order. Punctuation, spaces, case and full width make no other question."""
    asked = "\n".join([_letters(new.stem), *sorted(_letters(one) for one in new.options.values())])
    return hashlib.sha256(asked.encode()).hexdigest()


def pieces_of(new: NewQuestion) -> frozenset[str]:
    """The runs of two letters of stem and options, by which nearly the same questions are found."""
    text = _letters(new.stem) + "".join(sorted(_letters(one) for one in new.options.values()))
    return frozenset(text[at : at + PIECE] for at in range(max(len(text) - PIECE + 1, 1)))


class Alike:
    """Finds, among many questions, the one most like another, by the share of pieces they have in common (Jaccard)."""

    def __init__(self) -> None:
        self._sizes: dict[str, int] = {}
        self._holders: dict[str, list[str]] = {}

    def add(self, code: str, pieces: Iterable[str]) -> None:
        known = frozenset(pieces)
        self._sizes[code] = len(known)
        for one in known:
            self._holders.setdefault(one, []).append(code)

    def nearest(self, pieces: frozenset[str], *, but: str = "") -> str | None:
        """The code of the most alike, where it is alike enough to be shown."""
        shared = Counter(code for one in pieces for code in self._holders.get(one, ()))
        best, code = max(((count / (len(pieces) + self._sizes[code] - count), code)
                          for code, count in shared.items() if code != but), default=(0.0, ""))
        return code if best >= ALIKE else None


def lettered(texts: Iterable[str]) -> dict[str, str]:
    """Options by their letters, in order."""
    return dict(zip(LETTERS, texts, strict=False))


def with_place(new: NewQuestion, *, topic: str, section: str, difficulty: int = 0) -> NewQuestion:
    return replace(new, topic=topic, section=section, difficulty=difficulty or new.difficulty)


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(one for one in plain if unicodedata.category(one)[0] in "LN")
    return kept or normalised(text)
