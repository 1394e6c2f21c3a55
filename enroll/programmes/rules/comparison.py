"""What is said about a certificate, fact by fact, each with who says it: the issuing body, or we (an assumption)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from enroll.foundation.marks import shown_mark
from enroll.foundation.words import N_, Bilingual, Words, say
from enroll.learners.rules.education import EDUCATION_NAMES
from enroll.programmes.rules.figures import EntryRules

NOT_ASKED = say(N_("Not asked for, as far as is public"))
NOT_PUBLIC = say(N_("Not public; ask the issuing body"))


@dataclass(frozen=True)
class Fact:
    """One line of the comparison. `official` None: no figure, so nobody to name."""

    topic: str
    label: str
    value: Words | Bilingual
    official: bool | None = None
    source: str = ""
    since: date | None = None


TOPICS = {
    "suits": N_("For whom"),
    "exam": N_("Exam"),
    "age": N_("Age"),
    "education": N_("Education"),
    "majors": N_("Majors"),
    "hours": N_("Course hours"),
    "practice": N_("Practice hours"),
    "directions": N_("Directions"),
    "months": N_("Exam windows a year"),
    "pass_marks": N_("Pass marks"),
    "kept": N_("A passed subject is kept"),
    "note": N_("Note"),
}


def facts_of(rules: EntryRules, suits: Bilingual, exam: Bilingual, note: Bilingual) -> dict[str, Fact]:
    """The facts of one certificate by topic, in the order of the page."""
    said = {"suits": (suits, None), "exam": (exam, None), "note": (note, None), **dict(_ruled(rules))}
    return {topic: _fact(rules, topic, *said[topic]) for topic in TOPICS}


def _fact(rules: EntryRules, topic: str, value: Words | Bilingual, key: str | None) -> Fact:
    rule = rules.rule(key) if key else None
    if rule is None:
        return Fact(topic, TOPICS[topic], value)
    return Fact(topic, TOPICS[topic], value, rule.official, rule.source, rule.from_on)


def _ruled(rules: EntryRules) -> Iterator[tuple[str, tuple[Words | Bilingual, str]]]:
    """The topics that are figures, each with the key of its rule."""
    yield "age", (say(N_("%(years)d years or older"), years=rules.min_age) if rules.min_age else NOT_ASKED, "min_age")
    least = rules.min_education
    yield "education", (
        say(N_("%(least)s or above"), least=say(EDUCATION_NAMES[least])) if least else NOT_ASKED, "min_education")
    yield "majors", (_majors(rules), "preferred_majors")
    unit, hours = rules.hour_unit_minutes, rules.required_hours
    yield "hours", (say(N_("%(hours)d course hours of %(unit)d minutes"), hours=hours, unit=unit)
                    if hours and unit else NOT_PUBLIC, "required_hours")
    yield "practice", (say(N_("Of these, %(hours)d hours of practice"), hours=rules.min_practice_hours)
                       if rules.min_practice_hours else NOT_PUBLIC, "min_practice_hours")
    yield "directions", (say(N_("%(number)d of the directions offered"), number=rules.directions_required)
                         if rules.directions_required else NOT_PUBLIC, "directions_required")
    months = rules.rule("window_months")
    yield "months", (say(N_("%(number)d a year, in the months %(months)s"), number=len(months.value),
                         months=tuple(months.value)) if months else NOT_PUBLIC, "window_months")
    yield "pass_marks", (_pass_marks(rules), "pass_mark.theory")
    kept = rules.rule("keep_passed_subject_windows")
    yield "kept", (say(N_("for %(number)d windows"), number=kept.value) if kept else NOT_PUBLIC,
                   "keep_passed_subject_windows")


def _majors(rules: EntryRules) -> Words | Bilingual:
    if not rules.preferred_majors:
        return NOT_ASKED
    if rules.other_majors is None:
        return say(N_("Preferred: %(majors)s"), majors=rules.preferred_majors)
    return say(N_("Preferred: %(majors)s. %(others)s"), majors=rules.preferred_majors, others=rules.other_majors)


def _pass_marks(rules: EntryRules) -> Words:
    theory, practical, full = (rules.rule(f"pass_mark.{part}") for part in ("theory", "practical", "full"))
    if theory is None or practical is None or full is None:
        return NOT_PUBLIC
    return say(N_("Theory %(theory)s and practical %(practical)s of %(full)s points, each by itself"),
               theory=shown_mark(theory.value * 10), practical=shown_mark(practical.value * 10),
               full=shown_mark(full.value * 10))
