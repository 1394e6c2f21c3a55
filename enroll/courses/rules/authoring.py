"""What a lesson must have to be kept, and how its rubric and deliverables are typed: one a line."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from enroll.courses.rules.editions import CONTENTS, KINDS
from enroll.courses.rules.practice import RubricItem
from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_

MOST_TEXT, MOST_MINUTES, MOST_RUBRIC, MOST_DELIVERABLES, MOST_ATTACHMENTS = 60_000, 480, 12, 8, 10
COURSE_CODE = re.compile(r"[A-Z][A-Z0-9]{0,11}")
CODE = re.compile(r"[A-Za-z0-9]{1,12}(?:[-_][A-Za-z0-9]{1,16}){0,4}")
ATTACHED = ("pdf", "docx", "xlsx", "pptx", "png", "jpg", "jpeg", "csv", "txt", "md", "zip")
ATTACHED_MB = 20


@dataclass(frozen=True)
class LessonText:
    """A lesson as it is written. `deliverables` and `rubric` are for a practice, `quiz_code` for a quiz; `needs` are
    codes of lessons and modules of the same edition that come before."""

    title: str
    content: str
    kind: str
    minutes: int
    text: str = ""
    video_url: str = ""
    video_seconds: int = 0
    quiz_code: str = ""
    deliverables: tuple[str, ...] = ()
    rubric: tuple[RubricItem, ...] = ()
    needs: tuple[str, ...] = ()


def lesson_faults(one: LessonText, known: Iterable[str], quizzes: Iterable[str]) -> tuple[Problem, ...]:
    """Everything that keeps this lesson from being kept, each at its field. `known` are the codes it may ask for."""
    found = []
    if one.content not in CONTENTS:
        found.append(problem("content", N_("Choose what kind of lesson it is."), field="content"))
    if one.kind not in KINDS:
        found.append(problem("kind", N_("Choose what its minutes count as."), field="kind"))
    if not 1 <= one.minutes <= MOST_MINUTES:
        found.append(problem("minutes", N_("Enter minutes from 1 to %(most)d."), field="minutes", most=MOST_MINUTES))
    if len(one.text) > MOST_TEXT:
        found.append(problem("text_long", N_("At most %(most)d characters."), field="text", most=MOST_TEXT))
    if one.video_url and not is_media_address(one.video_url):
        text = N_("Enter an address that begins with https:// and leads to a video file.")
        found.append(problem("video_url", text, field="video_url"))
    if one.video_url and not 1 <= one.video_seconds <= one.minutes * 60:
        text = N_("Enter how long the video is: from 1 second to the lesson's minutes.")
        found.append(problem("video_seconds", text, field="video_seconds"))
    if one.content == "quiz" and one.quiz_code not in set(quizzes):
        found.append(problem("quiz_unknown", N_("Choose a quiz of the question bank."), field="quiz_code"))
    if one.content == "practice" and not one.rubric:
        found.append(problem("rubric_missing", N_("Say how the work is marked."), field="rubric"))
    strange = tuple(sorted(set(one.needs) - set(known)))
    if strange:
        text = N_("Not a lesson or module before this one: %(codes)s.")
        found.append(problem("needs_unknown", text, field="needs", codes=strange))
    return tuple(found)


def rubric_of(text: str) -> tuple[tuple[RubricItem, ...], tuple[Problem, ...]]:
    """A rubric typed line by line: what is marked | in English | points. Gives it, and every fault with its line."""
    items, faults = [], []
    for number, line in _lines(text):
        parts = [one.strip() for one in re.split(r"[|｜]", line)]
        points = parts[-1]
        if len(parts) not in (2, 3) or not parts[0] or not (points.isascii() and points.isdigit()
                                                            and 1 <= int(points) <= 100):
            faults.append(problem("rubric_line", N_("Line %(line)d: write what is marked | in English | points."),
                                  field="rubric", line=number))
        else:
            items.append(RubricItem(parts[0][:200], (parts[1] if len(parts) == 3 else "")[:200], int(points)))
    if len(items) > MOST_RUBRIC:
        faults.append(problem("rubric_long", N_("At most %(most)d lines."), field="rubric", most=MOST_RUBRIC))
    return tuple(items), tuple(faults)


def rubric_as_text(items: Sequence[RubricItem]) -> str:
    return "\n".join(f"{one.zh} | {one.en} | {one.points}" for one in items)


def listed(text: str, most: int) -> tuple[str, ...]:
    """The lines of a text, empty ones left out."""
    return tuple(line for _, line in _lines(text))[:most]


def is_media_address(text: str) -> bool:
    """An address of a file elsewhere that a page may play: https, a plain host, nothing of a sign-in."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    return (parts.scheme == "https" and re.fullmatch(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", host) is not None
            and parts.username is None and port in (None, 443) and len(text) <= 500
            and not re.search(r"[\s'\";,<>]", text))


def host_of(text: str) -> str:
    return urlsplit(text).hostname or ""


def next_code(prefix: str, taken: Iterable[str]) -> str:
    """The first of prefix1, prefix2 … that is free."""
    there, number = set(taken), 1
    while f"{prefix}{number}" in there:
        number += 1
    return f"{prefix}{number}"


def _lines(text: str) -> list[tuple[int, str]]:
    return [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
