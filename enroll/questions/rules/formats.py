"""Questions as text for other programs: GIFT for all types, Aiken for what Aiken can hold."""

import re
from collections.abc import Iterable

from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_
from enroll.questions.rules.aiken import ANSWER, OPTION
from enroll.questions.rules.gift import FORMAT, MODEL_ENDS
from enroll.questions.rules.questions import LETTERS, TRUE, Kind, NewQuestion

LeftOut = tuple[str, Problem]
JUDGED = ("正确", "错误")


def as_gift(questions: Iterable[NewQuestion]) -> str:
    """Every question, in a form that `read_gift` gives back as it was, and that Moodle reads."""
    return "\n\n".join(_gift(one) for one in questions) + "\n"


def _gift(one: NewQuestion) -> str:
    tags = [f"[tag:topic={_tag(one.topic)}]" if one.topic else "", f"[tag:difficulty={one.difficulty}]",
            f"[tag:source={_tag(one.source)}]" if one.source else ""]
    title = f"::{_escape(one.code)}::" if one.code else ""
    return f"// {' '.join(tag for tag in tags if tag)}\n{title}[plain]{_escape(one.stem)}{{{_gift_answer(one)}}}"


def _gift_answer(one: NewQuestion) -> str:
    why = f"\n####{_text(one.explanation)}" if one.explanation else ""
    if one.kind == Kind.JUDGE:
        return ("TRUE" if one.answer == (TRUE,) else "FALSE") + why
    if one.kind == Kind.FILL:
        accepted = (_text(answer.replace("*", r"\*")).replace(r"\\*", r"\*") for answer in one.answer)
        return "".join(f"\n={answer}" for answer in accepted) + why + "\n"
    if one.kind == Kind.SHORT:
        both = f"{one.answer[0]}\n{MODEL_ENDS}\n{one.explanation}" if one.explanation else one.answer[0]
        return f"\n####{_text(both)}\n"
    share = f"~%{round(100 / max(len(one.answer), 1), 5):g}%" if one.kind == Kind.MULTIPLE else "="
    lines = [f"\n{share if key in one.answer else '~'}{_option(text)}" for key, text in one.options.items()]
    return "".join(lines) + why + "\n"


def _option(text: str) -> str:
    """An option that begins like a weight would be read as one."""
    return ("[plain]" if text.startswith("%") else "") + _text(text)


def _text(text: str) -> str:
    return ("[plain]" if FORMAT.match(text) else "") + _escape(text)


def _escape(text: str) -> str:
    return re.sub(r"([\\:#={}~])", r"\\\1", text).replace("\n", "\\n")


def _tag(text: str) -> str:
    return re.sub(r"([\\\]])", r"\\\1", text.replace("\n", " "))


def as_aiken(questions: Iterable[NewQuestion]) -> tuple[str, list[LeftOut]]:
    """The questions with one right option, and by code those that Aiken has no way to write, with the reason. Aiken
    keeps neither explanation nor module: take GIFT or the workbook where these must come back."""
    kept, left_out = list[str](), list[LeftOut]()
    for one in questions:
        if why := _not_in_aiken(one):
            left_out.append((one.code, why))
        else:
            kept.append(_aiken(one))
    return "\n\n".join(kept) + ("\n" if kept else ""), left_out


def _not_in_aiken(one: NewQuestion) -> Problem | None:
    if one.kind not in {Kind.SINGLE, Kind.JUDGE}:
        return problem("aiken_kind", N_("Aiken has only questions with one right option."))
    if any("\n" in text for text in (one.stem, *one.options.values())):
        return problem("aiken_lines", N_("Aiken has one line for the question and for each option."))
    if OPTION.match(one.stem) or ANSWER.match(one.stem):
        return problem("aiken_looks", N_("In Aiken this question would be read as an option or an answer."))
    return None


def _aiken(one: NewQuestion) -> str:
    texts = JUDGED if one.kind == Kind.JUDGE else tuple(one.options.values())
    right = ("A" if one.answer == (TRUE,) else "B") if one.kind == Kind.JUDGE else \
        LETTERS[list(one.options).index(one.answer[0])]
    options = [f"{letter}. {text}" for letter, text in zip(LETTERS, texts, strict=False)]
    return "\n".join([one.stem, *options, f"ANSWER: {right}"])
