"""What a practical task needs before it is handed in, which files it takes, and how it is marked."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from enroll.foundation.actor import Actor
from enroll.foundation.problems import OWN_RECORD, Problem, problem
from enroll.foundation.words import N_

MB = 1024 * 1024
TARGET_WORKING_DAYS = 3  # the house's promise to learners, shown to both sides
DOCUMENT_MB, VIDEO_MB = 20, 200
# What a file of each kind begins with: a name alone says nothing about what is inside.
ZIP, OLE = (b"PK\x03\x04",), (b"\xd0\xcf\x11\xe0",)
BEGINS: Mapping[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF-",), "docx": ZIP, "xlsx": ZIP, "pptx": ZIP, "zip": ZIP,
    "png": (b"\x89PNG\r\n\x1a\n",), "jpg": (b"\xff\xd8\xff",), "jpeg": (b"\xff\xd8\xff",),
}
MEDIA_TYPES = {
    "pdf": "application/pdf", "zip": "application/zip", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "csv": "text/csv", "txt": "text/plain", "md": "text/plain", "json": "text/plain", "mp4": "video/mp4",
}
TEXTS = {"csv", "txt", "md", "json"}
ANY = ("pdf", "docx", "xlsx", "pptx", "png", "jpg", "jpeg", "csv", "txt", "md", "json", "zip")


@dataclass(frozen=True)
class Deliverable:
    """One thing to hand in. `link`: an address in the note does instead of a file."""

    name: str
    formats: tuple[str, ...]
    max_mb: int
    link: bool = False

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "formats": list(self.formats)}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Deliverable":
        return cls(kept["name"], tuple(kept["formats"]), kept["max_mb"], bool(kept.get("link")))


@dataclass(frozen=True)
class RubricItem:
    """One thing that is marked, with the most points it gives."""

    zh: str
    en: str
    points: int


DEFAULT_RUBRIC = (
    RubricItem("完整：要求的内容都有", "Complete: everything that was asked for", 40),
    RubricItem("方法：过程留痕，人工核对", "Method: the process can be followed, a person has checked", 30),
    RubricItem("合规：来源、个人信息、AI 标识", "Rules: sources, personal data, AI label", 20),
    RubricItem("表达：清楚可用", "Expression: clear and usable", 10),
)


@dataclass(frozen=True)
class WorkFacts:
    """What a move of a practical task depends on: neither a file nor a note, and the deliverables without a file."""

    learner_account_id: int
    empty: bool = False
    missing: tuple[str, ...] = ()


def deliverable_named(text: str) -> Deliverable:
    """A line such as '视频 MP4（1080p，不超过200MB）' as what may be handed in for it."""
    formats = [one for one in MEDIA_TYPES if re.search(rf"(?<![a-z]){one}(?![a-z])", text.lower())]
    formats += ["png", "jpg", "jpeg", *ANY] if "截图" in text else []
    chosen = tuple(dict.fromkeys(formats)) or ANY
    stated = re.search(r"(\d+)\s*MB", text, re.IGNORECASE)
    most = int(stated[1]) if stated else VIDEO_MB if "mp4" in chosen else DOCUMENT_MB
    return Deliverable(text, chosen, min(most, VIDEO_MB), link="链接" in text)


def still_to_add(deliverables: Iterable[Deliverable], has: Iterable[str], note: str) -> tuple[str, ...]:
    """The deliverables that have neither a file nor, where one does, a link in the note."""
    there = set(has)
    linked = bool(re.search(r"https?://\S", note))
    return tuple(one.name for one in deliverables if one.name not in there and not (one.link and linked))


def file_faults(name: str, size: int, head: bytes, wanted: Deliverable) -> tuple[Problem, ...]:
    """Why this file is not taken, from its name, size and first bytes; () when it is."""
    found = []
    kind = extension(name)
    if not size:
        found.append(problem("file_empty", N_("The file is empty."), field="file"))
    if kind not in wanted.formats:
        text = N_("“%(wanted)s” takes %(formats)s files.")
        found.append(problem("file_kind", text, field="file", wanted=wanted.name,
                             formats=tuple(one.upper() for one in wanted.formats)))
    elif size and not looks_like(kind, head):
        found.append(problem("file_content", N_("What is inside is not a %(kind)s file."), field="file",
                             kind=kind.upper()))
    if size > wanted.max_mb * MB:
        found.append(problem("file_large", N_("The file is larger than %(most)d MB."), field="file",
                             most=wanted.max_mb))
    return tuple(found)


def extension(name: str) -> str:
    return name.rsplit(".", 1)[-1].lower() if "." in name else ""


def looks_like(kind: str, head: bytes) -> bool:
    """Whether the first bytes are those of such a file."""
    if kind == "mp4":
        return head[4:8] == b"ftyp"
    if kind in TEXTS:
        return b"\x00" not in head and not head.startswith((b"MZ", b"\x7fELF", *ZIP, *OLE))
    return head.startswith(BEGINS[kind])


def rubric_faults(rubric: Iterable[Mapping[str, Any]], points: Mapping[int, int | None]) -> tuple[Problem, ...]:
    """Points by place in the rubric: each is there and within its bounds."""
    return tuple(
        problem("points_out_of_bounds", N_("Enter points from 0 to %(most)d."), field=f"points_{place}",
                most=item["points"])
        for place, item in enumerate(rubric)
        if not _within(points.get(place), item["points"])
    )


def work_is_complete(facts: WorkFacts) -> Problem | None:
    if facts.missing:
        return problem("no_file", N_("Still to add: %(names)s."), field="file", names=facts.missing)
    if facts.empty:
        return problem("no_file", N_("Add at least one file before you hand in."), field="file")
    return None


def trainer_is_another_person(facts: WorkFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id == facts.learner_account_id else None


def _within(points: int | None, most: int) -> bool:
    return points is not None and 0 <= points <= most
