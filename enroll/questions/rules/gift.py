"""Moodle's GIFT: text to questions, each with its line, and what cannot be taken said by name.

Source of the format: docs.moodle.org, "GIFT format", and Moodle's own reader (question/format/gift/format.php), whose
order of decisions is followed: comment lines, category, title, answer braces, general feedback, then the type. Taken:
titles, comments with [id:…] and [tag:…], categories, text formats, feedback, multiple choice, several right answers by
weight, missing word, true or false, short answer, essay with a model answer, every escape. Refused by name: matching,
numerical, descriptions, partly right answers, and what only HTML can show.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser

from enroll.foundation.problems import Problem, Refused, problem
from enroll.foundation.text import UnreadableText, clean_lines
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
    question_faults,
)

# Escaped characters stand as these while the text is taken apart: Unicode's own "never a character".
ESCAPES = {"\\": "\ufdd0", ":": "\ufdd1", "#": "\ufdd2", "=": "\ufdd3", "{": "\ufdd4", "}": "\ufdd5", "~": "\ufdd6",
           "n": "\ufdd7"}
RESTORED = str.maketrans({mark: "\n" if one == "n" else one for one, mark in ESCAPES.items()})
TAG = re.compile(r"\[(id|tag):((?:\\.|[^\]\\])*)\]")
FORMAT = re.compile(r"\[(html|moodle|plain|markdown|auto_format)\]", re.IGNORECASE)
WEIGHT = re.compile(r"%(-?[0-9]{1,3}(?:\.[0-9]*)?)%")
CODE = re.compile(r"[A-Za-z0-9]{1,12}(?:[-_][A-Za-z0-9]{1,16}){0,4}")
STAR = re.compile(r"(?<!\\)\*")
WORDS_OF_TRUTH = {"T": TRUE, "TRUE": TRUE, "F": FALSE, "FALSE": FALSE}
BLANK = "_____"
MODEL_ENDS = "----"  # in the general feedback of an essay: above it the model answer, below it the explanation


@dataclass(frozen=True)
class Place:
    """What the file says of a question beside the question: where it belongs, how hard it is, whence it comes."""

    topic: str = ""
    difficulty: int = 1
    source: str = ""
    code: str = ""


def read_gift(text: str) -> ReadFile:
    """Every question of the text that can be taken, and a fault with its line for each that cannot."""
    questions, faults = list[ReadQuestion](), list[RowFault]()
    category = ""
    for line, block in _blocks(text):
        try:
            body, place = _without_comments(block)
            if not body:
                continue
            if body.startswith("$CATEGORY:"):
                category = body.removeprefix("$CATEGORY:").strip().rsplit("/", 1)[-1].strip()
                continue
            new = _question(body, replace(place, topic=place.topic or category))
            _refuse_all(question_faults(new))
            questions.append(ReadQuestion(line, new))
        except Refused as refused:
            faults += [RowFault(line, "", one) for one in refused.problems]
    return ReadFile(tuple(questions), tuple(faults))


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """The paragraphs of the file, each with the number of its first line."""
    block, first = list[str](), 0
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate([*lines, ""], start=1):
        if line.strip():
            first = first if block else number
            block.append(line)
        elif block:
            yield first, block
            block = []


def _without_comments(block: Iterable[str]) -> tuple[str, Place]:
    comments = [line for line in block if line.strip().startswith("//")]
    body = "\n".join(line for line in block if not line.strip().startswith("//")).strip()
    place = Place()
    for name, raw in TAG.findall("\n".join(comments)):
        value = re.sub(r"\\(.)", r"\1", raw).strip()
        key, _, said = value.partition("=")
        if name == "id" and CODE.fullmatch(value):
            place = replace(place, code=value)
        elif key == "difficulty" and said in {"1", "2", "3"}:
            place = replace(place, difficulty=int(said))
        elif key == "topic":
            place = replace(place, topic=said)
        elif key == "source":
            place = replace(place, source=_cleaned(said))
    return _escaped(_readable(body)), place


def _question(body: str, place: Place) -> NewQuestion:
    title, body = _title(body)
    code = title if CODE.fullmatch(title) else place.code
    opens, closes = body.find("{"), body.find("}")
    if opens < 0 and closes < 0:
        raise _refused("gift_description", N_("A text without an answer (“description”) is no question."))
    if opens < 0 or closes < opens:
        raise _refused("gift_braces", N_("The answer needs both braces { }, without an empty line between them."))
    answer = body[opens + 1 : closes].strip()
    stem = body[:opens] + ("" if body.endswith("}") and closes == len(body) - 1 else BLANK) + body[closes + 1 :]
    if "{" in answer or "{" in body[closes + 1 :]:
        raise _refused("gift_several", N_("One question has one pair of braces { }; write \\{ and \\} for others."))
    answer, _, feedback = _last_parted(answer, "####")
    stem, form = _plain(stem)
    made = _answered(answer, _plain(feedback, form)[0], form)
    return replace(made, code=code, stem=stem, topic=place.topic, difficulty=place.difficulty, source=place.source)


def _title(body: str) -> tuple[str, str]:
    if body.startswith("::") and (ends := body.find("::", 2)) > 0:
        return _restored(body[2:ends]).strip(), body[ends + 2 :].strip()
    return "", body


def _answered(answer: str, general: str, form: str) -> NewQuestion:
    """What stands in the braces, in the order in which Moodle decides what it is."""
    if not answer:
        return _essay(general)
    if answer.startswith("#"):
        raise _refused("gift_numerical", N_("Numerical questions with a tolerance are not taken; write a fill-in."))
    if "~" in answer:
        return _choice(answer, general, form)
    if "=" in answer and "->" in answer:
        raise _refused("gift_matching", N_("Matching questions are not taken."))
    word, *feedback = answer.split("#", 2)
    if word.strip() in WORDS_OF_TRUTH:
        notes = [_plain(one, form)[0] for one in feedback]
        return _bare(Kind.JUDGE, (WORDS_OF_TRUTH[word.strip()],), {}, _joined([general, *notes]))
    return _fill_in(answer, general, form)


def _essay(general: str) -> NewQuestion:
    model, _, explanation = general.partition(f"\n{MODEL_ENDS}\n")
    if not model:
        text = N_("An essay {} needs its model answer as general feedback: {#### …}.")
        raise _refused("gift_essay", text)
    return _bare(Kind.SHORT, (model.strip(),), {}, explanation.strip())


def _choice(answer: str, general: str, form: str) -> NewQuestion:
    parts = [one.strip() for one in answer.replace("=", "~=").split("~") if one.strip()]
    if len(parts) > len(LETTERS):
        raise Refused(problem("options_many", N_("At most %(most)d options."), most=len(LETTERS)))
    read = [_option(one, form) for one in parts]
    right = [LETTERS[at] for at, (share, _, _) in enumerate(read) if share > 0]
    shares = [share for share, _, _ in read if share > 0]
    by_sign = "=" in answer
    if by_sign and len([one for one in parts if one.startswith("=")]) > 1:
        raise _refused("gift_any_right", N_("Several options each right by itself (=) are not taken; give them weights "
                                            "if all of them are asked for."))
    if by_sign and len(shares) > 1:
        raise _refused("gift_partly_right", N_("An option that is right in part is not taken."))
    if not by_sign and abs(sum(shares) - 100) > 1:
        raise _refused("gift_weights", N_("The weights of the right options must add up to one hundred."))
    notes = [f"{LETTERS[at]}. {note}" for at, (_, _, note) in enumerate(read) if note]
    kind = Kind.MULTIPLE if len(right) > 1 else Kind.SINGLE
    return _bare(kind, tuple(right), lettered(text for _, text, _ in read), _joined([general, *notes]))


def _option(part: str, form: str) -> tuple[float, str, str]:
    """The share of the points in per cent, the option's text, and its feedback."""
    share = 0.0
    if part.startswith("="):
        share, part = 100.0, part[1:]
        if WEIGHT.match(part):
            raise _refused("gift_weights", N_("Give an option either = or a weight."))
    elif found := WEIGHT.match(part):
        share, part = float(found[1]), part[found.end() :]
    text, _, note = part.partition("#")
    return share, _plain(text, form)[0], _plain(note, form)[0]


def _fill_in(answer: str, general: str, form: str) -> NewQuestion:
    accepted, notes = list[str](), list[str]()
    for part in (one.strip() for one in answer.split("=")):
        if not part:
            continue
        found = WEIGHT.match(part)
        if found and float(found[1]) != 100:
            raise _refused("gift_partly_accepted", N_("An answer that is accepted in part is not taken."))
        text, _, note = part[found.end() if found else 0 :].partition("#")
        shown = _plain(text, form)[0]
        if STAR.search(shown):
            raise _refused("gift_wildcard", N_("An asterisk for any text is not taken; write \\* for the sign itself."))
        accepted.append(shown.replace("\\*", "*"))
        if plain := _plain(note, form)[0]:
            notes.append(f"{accepted[-1]}: {plain}")
    return _bare(Kind.FILL, tuple(accepted), {}, _joined([general, *notes]))


def _bare(kind: Kind, answer: tuple[str, ...], options: dict[str, str], explanation: str) -> NewQuestion:
    return NewQuestion("", kind, "", "", "", answer, options, explanation)


# Texts, their formats and their escapes.

def _escaped(text: str) -> str:
    return re.sub(r"\\([\\:#={}~n])", lambda found: ESCAPES[found[1]], text)


def _restored(text: str) -> str:
    return text.translate(RESTORED)


def _plain(text: str, form: str = "") -> tuple[str, str]:
    """The text without its format mark, as plain text, and the format that holds for what follows."""
    text = text.strip()
    if found := FORMAT.match(text):
        form, text = found[1].lower(), text[found.end() :]
    restored = _restored(text)
    return _cleaned(_without_markup(restored) if form == "html" else restored), form


def _readable(text: str) -> str:
    """Refuses the marks that stand for escapes: no text holds them."""
    if any(mark in text for mark in ESCAPES.values()):
        raise _refused("gift_unreadable", N_("The question holds a character that cannot be used."))
    return text


def _cleaned(text: str) -> str:
    try:
        return clean_lines(text)
    except UnreadableText as error:
        raise _refused("gift_unreadable", N_("The question holds a character that cannot be used.")) from error


def _last_parted(text: str, mark: str) -> tuple[str, str, str]:
    before, found, after = text.rpartition(mark)
    return (before.strip(), found, after.strip()) if found else (text, "", "")


def _joined(texts: Iterable[str]) -> str:
    return "\n".join(one for one in texts if one)


class _Text(HTMLParser):
    """The text of simple HTML, a line for each block; what a text cannot show is named."""

    BLOCKS = frozenset({"p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote"})
    UNSHOWN = frozenset({"img", "table", "audio", "video", "iframe", "object", "svg", "math", "script", "style",
                         "form"})

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in self.UNSHOWN:
            raise _refused("gift_html", N_("HTML with <%(tag)s> cannot be taken as text."), tag=tag)
        if tag in self.BLOCKS:
            self.texts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.BLOCKS:
            self.texts.append("\n")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def _without_markup(text: str) -> str:
    reader = _Text()
    reader.feed(text)
    reader.close()
    return re.sub(r"\s*\n\s*", "\n", "".join(reader.texts)).strip()


def _refused(code: str, text: str, **values: str) -> Refused:
    return Refused(problem(code, text, **values))


def _refuse_all(problems: tuple[Problem, ...]) -> None:
    if problems:
        raise Refused(problems)
