"""A whole course as a zip: course.yaml and its Markdown, pictures and files beside it. Read strictly, written the same
way every time, so that what was taken out can be brought in again and be the same."""

import io
import stat
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from enroll.courses.rules.authoring import CODE, COURSE_CODE, LessonText
from enroll.courses.rules.practice import DEFAULT_RUBRIC, RubricItem
from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_

OUTLINE = "course.yaml"
MB = 1024 * 1024
MOST_PACKED, MOST_UNPACKED, MOST_ENTRIES, MOST_OUTLINE, MOST_TIMES = 100 * MB, 250 * MB, 500, MB, 100
MOMENT = (2026, 1, 1, 0, 0, 0)
# The demonstration data's own words for the same things.
OTHER_NAMES = {"id": "code", "type": "content", "credit_minutes": "minutes", "text_file": "text"}
LINE = "__line__"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: in which file, at which line (0: the file as a whole), in which field."""

    file: str
    line: int
    field: str
    problem: Problem


@dataclass(frozen=True)
class PackedLesson:
    """A lesson with the names of its files in the zip."""

    code: str
    lesson: LessonText
    line: int = field(default=0, compare=False)
    video: str = ""
    attachments: tuple[tuple[str, str], ...] = ()  # title, name in the zip


@dataclass(frozen=True)
class PackedModule:
    code: str
    title: str
    lessons: tuple[PackedLesson, ...]


@dataclass(frozen=True)
class PackedCourse:
    """A course as a zip holds it; `files` are the contents by name."""

    programme: str
    code: str
    title: str
    section: str
    modules: tuple[PackedModule, ...]
    title_en: str = ""
    summary: str = ""
    career: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def lessons(self) -> tuple[PackedLesson, ...]:
        return tuple(lesson for module in self.modules for lesson in module.lessons)


@dataclass(frozen=True)
class Unpacked:
    """What a file gave: the course (None where it cannot be told) and every fault."""

    course: PackedCourse | None
    faults: tuple[Fault, ...]


class _Loader(yaml.SafeLoader):
    """Plain data with its lines; no anchors, which could unfold without end."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("anchors are not taken")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        made: dict[Any, Any] = super().construct_mapping(node, deep=True)
        made[LINE] = node.start_mark.line + 1
        return made


def pack(course: PackedCourse) -> bytes:
    """The zip of a course, the same bytes for the same course."""
    texts = {f"lessons/{one.code}.md": one.lesson.text for one in course.lessons if one.lesson.text}
    outline = yaml.safe_dump(_outline(course), allow_unicode=True, sort_keys=False, width=120)
    entries = {OUTLINE: outline.encode(), **{name: text.encode() for name, text in sorted(texts.items())},
               **dict(sorted(course.files.items()))}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in entries.items():
            info = zipfile.ZipInfo(name, MOMENT)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            packed.writestr(info, content)
    return out.getvalue()


def unpack(content: bytes) -> Unpacked:
    """Read a zip. Nothing is unpacked before names, number and sizes have been looked at."""
    try:
        packed = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return Unpacked(None, (_fault("", 0, "", "zip_unreadable", N_("This is not a zip file that can be read.")),))
    with packed:
        faults = tuple(_entry_faults(packed.infolist()))
        if faults:
            return Unpacked(None, faults)
        try:
            files = {info.filename: packed.read(info) for info in packed.infolist() if not info.is_dir()}
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError):
            return Unpacked(None, (_fault("", 0, "", "zip_broken", N_("The zip file is damaged.")),))
        except Exception as error:  # zlib.error has no common parent with the others
            if type(error).__module__ != "zlib":
                raise
            return Unpacked(None, (_fault("", 0, "", "zip_broken", N_("The zip file is damaged.")),))
    return _course(files)


def _entry_faults(entries: list[zipfile.ZipInfo]) -> Iterator[Fault]:
    if len(entries) > MOST_ENTRIES:
        yield _fault("", 0, "", "zip_many", N_("More than %(most)d files in the zip."), most=MOST_ENTRIES)
    if sum(one.file_size for one in entries) > MOST_UNPACKED:
        yield _fault("", 0, "", "zip_large", N_("Unpacked it would be larger than %(most)d MB."),
                     most=MOST_UNPACKED // MB)
    seen: set[str] = set()
    for one in entries[:MOST_ENTRIES]:
        name = one.filename
        parts = name.rstrip("/").split("/")
        strange = (name.startswith("/") or "\\" in one.orig_filename or ":" in name or "\x00" in one.orig_filename
                   or any(part in ("", ".", "..") for part in parts) or len(name) > 200)
        if strange or stat.S_ISLNK(one.external_attr >> 16):
            yield _fault(name[:80], 0, "", "zip_path", N_("A name that leads out of the zip is not taken."))
        elif name.lower() in seen:
            yield _fault(name, 0, "", "zip_twice", N_("Two files have this name."))
        elif one.flag_bits & 1:
            yield _fault(name, 0, "", "zip_locked", N_("Files under a password cannot be read."))
        elif one.file_size > MB and one.file_size > MOST_TIMES * max(one.compress_size, 1):
            yield _fault(name, 0, "", "zip_bomb", N_("Packed far too tightly to be what it says."))
        elif name == OUTLINE and one.file_size > MOST_OUTLINE:
            yield _fault(name, 0, "", "zip_outline", N_("The outline is larger than %(most)d MB."), most=1)
        seen.add(name.lower())


def _course(files: dict[str, bytes]) -> Unpacked:
    if OUTLINE not in files:
        return Unpacked(None, (_fault(OUTLINE, 0, "", "outline_missing", N_("The zip has no course.yaml.")),))
    try:
        data = yaml.load(files[OUTLINE].decode("utf-8-sig"), Loader=_Loader)  # noqa: S506 (a SafeLoader)
    except UnicodeDecodeError:
        return Unpacked(None, (_fault(OUTLINE, 0, "", "not_utf8", N_("The text is not UTF-8.")),))
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        return Unpacked(None, (_fault(OUTLINE, line, "", "yaml", N_("This is not YAML that can be read.")),))
    if isinstance(data, dict) and isinstance(data.get("courses"), list) and len(data["courses"]) == 1:
        data = data["courses"][0]  # the demonstration data's structure
    if not isinstance(data, dict):
        return Unpacked(None, (_fault(OUTLINE, 1, "", "outline_form", N_("Here belongs a list of names and values.")),))
    return _Reader(files).course(data)


class _Reader:
    """Reads the outline, noting every fault with its line."""

    def __init__(self, files: dict[str, bytes]):
        self.files, self.faults = files, list[Fault]()
        self.used = {OUTLINE}
        self.codes: set[str] = set()

    def course(self, data: Mapping[str, Any]) -> Unpacked:
        code = self.text(data, "code", needed=True, most=12)
        if code and not COURSE_CODE.fullmatch(code):
            self.wrong(data, "code", "code", N_("A code is a capital letter with capital letters and digits, such as "
                                                "G5."))
        section = self.text(data, "section", needed=True)
        if section not in ("", "general", "direction"):
            self.wrong(data, "section", "section", N_("Either general or direction."))
        career = data.get("career") or {}
        if not isinstance(career, dict):
            self.wrong(data, "career", "form", N_("Here belongs a list of names and values."))
            career = {}
        made = PackedCourse(
            self.text(data, "programme") or "CAIP", code, self.text(data, "title", needed=True, most=120), section,
            tuple(self.module(one) for one in self.maps(data, "modules")), self.text(data, "title_en", most=200),
            self.text(data, "summary", most=1000), _plain(career), {})
        if not made.modules:
            self.wrong(data, "modules", "edition_empty", N_("Every module needs at least one lesson."))
        for name in sorted(set(self.files) - self.used):
            self.faults.append(_fault(name, 0, "", "unused", N_("No lesson names this file.")))
        kept = {name: self.files[name] for one in made.lessons
                for name in (one.video, *(file for _, file in one.attachments)) if name in self.files}
        return Unpacked(PackedCourse(**{**made.__dict__, "files": kept}), tuple(self.faults))

    def module(self, data: Mapping[str, Any]) -> PackedModule:
        return PackedModule(self.code(data), self.text(data, "title", needed=True, most=120),
                            tuple(self.lesson(one) for one in self.maps(data, "lessons")))

    def lesson(self, given: Mapping[str, Any]) -> PackedLesson:
        data = {OTHER_NAMES.get(name, name): value for name, value in given.items()}
        code, content = self.code(data), self.text(data, "content", needed=True)
        text = self.markdown(data, f"lessons/{code}.md")
        quiz = self.text(data, "quiz", most=40) or (code if content == "quiz" else "")
        practice = content == "practice"
        lesson = LessonText(
            self.text(data, "title", needed=True, most=160), content, self.text(data, "kind", needed=True),
            self.whole(data, "minutes"), text, self.text(data, "video_url", most=500),
            self.whole(data, "video_seconds", default=0), quiz,
            tuple(self.strings(data, "deliverables")) if practice else (),
            self.rubric(data) if practice else (), tuple(self.strings(data, "needs")))
        return PackedLesson(code, lesson, int(data.get(LINE, 0)), self.file(data, "video"),
                            tuple((self.text(one, "title", most=120), self.file(one, "file"))
                                  for one in self.maps(data, "attachments")))

    def code(self, data: Mapping[str, Any]) -> str:
        code = self.text({**data, "code": data.get("code", data.get("id"))}, "code", needed=True, most=20)
        if code and not CODE.fullmatch(code):
            self.wrong(data, "code", "code", N_("A code has letters and digits, parted by hyphens."))
        if code in self.codes:
            self.wrong(data, "code", "code_twice", N_("This code stands twice in the file."))
        self.codes.add(code)
        return code

    def markdown(self, data: Mapping[str, Any], usual: str) -> str:
        name = self.text(data, "text", most=200) or (usual if usual in self.files else "")
        if not name:
            return ""
        if name not in self.files:
            self.wrong(data, "text", "file_missing", N_("The zip has no file %(name)s."), name=name)
            return ""
        self.used.add(name)
        try:
            return self.files[name].decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            self.faults.append(_fault(name, 0, "", "not_utf8", N_("The text is not UTF-8.")))
            return ""

    def file(self, data: Mapping[str, Any], field: str) -> str:
        name = self.text(data, field, most=200)
        if name and name not in self.files:
            self.wrong(data, field, "file_missing", N_("The zip has no file %(name)s."), name=name)
        self.used.add(name)
        return name

    def rubric(self, data: Mapping[str, Any]) -> tuple[RubricItem, ...]:
        if "rubric" not in data:
            return DEFAULT_RUBRIC
        return tuple(RubricItem(self.text(one, "zh", needed=True, most=200), self.text(one, "en", most=200),
                                self.whole(one, "points")) for one in self.maps(data, "rubric"))

    def text(self, data: Mapping[str, Any], field: str, *, needed: bool = False, most: int = 100) -> str:
        value = data.get(field)
        if value is None or value == "":
            if needed:
                self.wrong(data, field, "missing", N_("This is missing."))
            return ""
        if not isinstance(value, str | int) or isinstance(value, bool) or len(str(value)) > most:
            self.wrong(data, field, "text", N_("Here belongs a text of at most %(most)d characters."), most=most)
            return ""
        return str(value).strip()

    def whole(self, data: Mapping[str, Any], field: str, default: int | None = None) -> int:
        value = data.get(field, default)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 86_400:
            self.wrong(data, field, "whole", N_("Here belongs a whole number."))
            return 1
        return value

    def strings(self, data: Mapping[str, Any], field: str) -> list[str]:
        value = data.get(field) or []
        if not isinstance(value, list) or not all(isinstance(one, str) and len(one) <= 120 for one in value):
            self.wrong(data, field, "list", N_("Here belongs a list of texts."))
            return []
        return [one.strip() for one in value]

    def maps(self, data: Mapping[str, Any], field: str) -> list[Mapping[str, Any]]:
        value = data.get(field) or []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.wrong(data, field, "form", N_("Here belongs a list of names and values."))
            return []
        return value

    def wrong(self, data: Mapping[str, Any], field: str, code: str, text: str, **values: Any) -> None:
        self.faults.append(_fault(OUTLINE, int(data.get(LINE, 0)), field, code, text, **values))


def _outline(course: PackedCourse) -> dict[str, Any]:
    return {
        "programme": course.programme, "code": course.code, "title": course.title, "title_en": course.title_en,
        "section": course.section, "summary": course.summary, "career": _plain(course.career),
        "modules": [{"code": module.code, "title": module.title, "lessons": [_lesson(one) for one in module.lessons]}
                    for module in course.modules],
    }


def _lesson(one: PackedLesson) -> dict[str, Any]:
    kept = one.lesson
    made: dict[str, Any] = {"code": one.code, "title": kept.title, "content": kept.content, "kind": kept.kind,
                            "minutes": kept.minutes}
    more: dict[str, Any] = {
        "text": f"lessons/{one.code}.md" if kept.text else "", "video": one.video, "video_url": kept.video_url,
        "video_seconds": kept.video_seconds, "quiz": kept.quiz_code, "deliverables": list(kept.deliverables),
        "rubric": [{"zh": item.zh, "en": item.en, "points": item.points} for item in kept.rubric],
        "needs": list(kept.needs),
        "attachments": [{"title": title, "file": name} for title, name in one.attachments],
    }
    return made | {name: value for name, value in more.items() if value}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items() if name != LINE}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _fault(file: str, line: int, field: str, code: str, text: str, **values: Any) -> Fault:
    return Fault(file, line, field, problem(code, text, **values))
