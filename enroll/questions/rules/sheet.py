"""Questions as rows of a workbook: the columns, and a row to a question or to its faults."""

import re
import unicodedata
from collections.abc import Mapping

from enroll.foundation.problems import problem
from enroll.foundation.words import N_
from enroll.questions.rules.gift import CODE
from enroll.questions.rules.questions import (
    DIFFICULTY_NAMES,
    FALSE,
    LETTERS,
    TRUE,
    Kind,
    NewQuestion,
    RowFault,
    question_faults,
)

# Key, titles (the first is written), needed in every file.
COLUMNS: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    ("code", ("题号", "Code"), False),
    ("kind", ("题型", "Type"), True),
    ("topic", ("模块", "Module"), False),
    ("difficulty", ("难度", "Difficulty"), False),
    ("stem", ("题干", "Question"), True),
    *((f"option_{letter}", (f"选项{letter}", f"Option {letter}"), False) for letter in LETTERS),
    ("answer", ("答案", "Answer"), True),
    ("explanation", ("解析", "Explanation"), False),
    ("source", ("来源", "Source"), False),
)  # fmt: skip
KINDS = {
    "单选题": Kind.SINGLE, "单选": Kind.SINGLE, "多选题": Kind.MULTIPLE, "多选": Kind.MULTIPLE, "判断题": Kind.JUDGE,
    "判断": Kind.JUDGE, "填空题": Kind.FILL, "填空": Kind.FILL, "简答题": Kind.SHORT, "简答": Kind.SHORT,
    **{str(kind): kind for kind in Kind},
}  # fmt: skip
WRITTEN_KINDS = {kind: name for name, kind in reversed(KINDS.items()) if name.endswith("题")}
TRUTHS = {
    **dict.fromkeys(("对", "正确", "t", "true", "√", "✓", "yes", "是"), TRUE),
    **dict.fromkeys(("错", "错误", "f", "false", "×", "✗", "no", "否"), FALSE),
}
LEVELS = {**{str(level): level for level in DIFFICULTY_NAMES}, "易": 1, "中": 2, "难": 3, "easy": 1, "medium": 2,
          "hard": 3}
WRITTEN_TRUTHS = {TRUE: "对", FALSE: "错"}


def read_row(line: int, values: Mapping[str, str]) -> NewQuestion | list[RowFault]:
    """A question, or everything that is wrong with the row."""
    kind = KINDS.get(values["kind"].strip().casefold(), values["kind"].strip())
    level = values["difficulty"].strip().casefold() or "1"
    new = NewQuestion(
        code=values["code"].strip(), kind=kind, topic=values["topic"].strip(), section="", stem=values["stem"],
        answer=_answer(kind, values["answer"]), options=_options(values), explanation=values["explanation"],
        difficulty=LEVELS.get(level, 0), source=values["source"],
    )
    faults = [RowFault(line, one.field, one) for one in question_faults(new)]
    if new.code and not CODE.fullmatch(new.code):
        text = N_("A code has letters and digits, parted by hyphens.")
        faults.append(RowFault(line, "code", problem("code_shape", text)))
    letters = [letter for letter in LETTERS if values[f"option_{letter}"].strip()]
    if letters != list(LETTERS[: len(letters)]):
        text = N_("The options have a gap; fill them from A on.")
        faults.append(RowFault(line, "options", problem("options_gap", text)))
    return faults or new


def as_row(one: NewQuestion) -> list[str | int | None]:
    """The cells of a question, in the order of the columns."""
    cells: dict[str, str | int | None] = {
        "code": one.code, "kind": WRITTEN_KINDS[Kind(one.kind)], "topic": one.topic, "difficulty": one.difficulty,
        "stem": one.stem, "answer": _written_answer(one), "explanation": one.explanation, "source": one.source,
        **{f"option_{key}": text for key, text in one.options.items()},
    }  # fmt: skip
    return [cells.get(key) for key, _, _ in COLUMNS]


def _answer(kind: str, text: str) -> tuple[str, ...]:
    if kind == Kind.JUDGE:
        word = unicodedata.normalize("NFKC", text).strip().casefold()
        return (TRUTHS.get(word, word),) if word else ()
    if kind == Kind.FILL:
        return tuple(one.strip() for one in text.splitlines() if one.strip())
    if kind == Kind.SHORT:
        return (text.strip(),) if text.strip() else ()
    letters = re.sub(r"[\s,，、;；]", "", unicodedata.normalize("NFKC", text)).upper()
    return tuple(letters)


def _options(values: Mapping[str, str]) -> dict[str, str]:
    return {letter: text for letter in LETTERS if (text := values[f"option_{letter}"].strip())}


def _written_answer(one: NewQuestion) -> str:
    if one.kind == Kind.JUDGE:
        return WRITTEN_TRUTHS[one.answer[0]]
    return "\n".join(one.answer) if one.kind in {Kind.FILL, Kind.SHORT} else "".join(one.answer)
