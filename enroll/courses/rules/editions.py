"""When an edition of a course may be published, and what to look at before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from enroll.foundation.actor import Actor
from enroll.foundation.problems import Problem, problem, two_duties
from enroll.foundation.words import N_

CONTENTS = ("video", "reading", "quiz", "practice")
KINDS = ("knowledge", "practice")


@dataclass(frozen=True)
class LessonFacts:
    """What publishing asks of a lesson."""

    module: str
    code: str
    content: str
    kind: str
    minutes: int
    has_text: bool = True
    has_video: bool = False
    has_quiz: bool = False
    has_rubric: bool = False
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class EditionFacts:
    """An edition as its lessons stand, in their order, and the codes of the modules that hold no lesson. `flagged`:
    words stand in it that the advertising rules forbid; `maker_id` is who began the draft."""

    lessons: tuple[LessonFacts, ...] = ()
    empty_modules: tuple[str, ...] = ()
    flagged: bool = False
    maker_id: int | None = None

    @property
    def minutes(self) -> int:
        return sum(one.minutes for one in self.lessons)

    @property
    def practice_minutes(self) -> int:
        return sum(one.minutes for one in self.lessons if one.kind == "practice")


def edition_is_complete(facts: EditionFacts) -> Problem | None:
    """A learner can do every lesson of it: something to read or see, a quiz to pass, a rubric to be marked by."""
    if not facts.lessons or facts.empty_modules:
        return problem("edition_empty", N_("Every module needs at least one lesson."))
    unfinished = tuple(one.code for one in facts.lessons if not _can_be_done(one))
    if unfinished:
        return problem("lesson_unfinished", N_("Still without text, quiz or rubric: %(codes)s."), codes=unfinished)
    wrong = needs_that_come_later(facts.lessons)
    if wrong:
        return problem("needs_later", N_("Must come after what it asks for: %(codes)s."), codes=wrong)
    return None


def quotation_has_a_second_person(facts: EditionFacts, actor: Actor) -> Problem | None:
    """Forbidden words stay, as a quotation, when somebody else than who began the draft says why."""
    if not facts.flagged or facts.maker_id is None or facts.maker_id != actor.account_id:
        return None
    return two_duties("second_person", N_("Words of the list stand in it. Somebody else than who began the draft "
                                          "publishes it, with the reason."))


def needs_that_come_later(lessons: Sequence[LessonFacts]) -> tuple[str, ...]:
    """The lessons that ask for a lesson or module that is not there, or that does not stand wholly before them."""
    wrong = []
    for place, one in enumerate(lessons):
        before, after = lessons[:place], lessons[place:]
        done = {other.code for other in before} | {other.module for other in before} - {
            other.module for other in after}
        wrong += [one.code] if not set(one.needs) <= done else []
    return tuple(wrong)


def edition_warnings(facts: EditionFacts) -> tuple[Problem, ...]:
    """What publishing does not forbid, and a person should have looked at."""
    found = []
    bare = tuple(one.code for one in facts.lessons if not one.has_text and one.content != "quiz")
    if bare:
        found.append(problem("no_text", N_("Without text: %(codes)s."), codes=bare))
    modules = dict.fromkeys(one.module for one in facts.lessons)
    untested = tuple(code for code in modules
                     if not any(one.module == code and one.content == "quiz" for one in facts.lessons))
    if untested:
        found.append(problem("no_quiz", N_("Modules without a quiz: %(codes)s."), codes=untested))
    unseen = tuple(one.code for one in facts.lessons if one.content == "video" and not one.has_video)
    if unseen:
        found.append(problem("no_video", N_("Called a video, and shown as text: %(codes)s."), codes=unseen))
    return tuple(found)


def _can_be_done(one: LessonFacts) -> bool:
    if one.content == "quiz":
        return one.has_quiz
    return one.has_rubric if one.content == "practice" else one.has_text or one.has_video


def career_texts(career: Mapping[str, Any]) -> tuple[str, ...]:
    """Every text of what a direction leads to: its lists, and each role with its stage and what it needs."""
    return tuple(_texts(career))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
