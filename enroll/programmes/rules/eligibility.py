"""Who may apply: one pure function, asked by the public self-check, the learner's page, the guard of submitting and the
reviewer alike. What is not known is said to be unknown, never guessed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from enroll.foundation.clock import age_on
from enroll.foundation.minutes import minutes_needed, shown_hours
from enroll.foundation.problems import Problem
from enroll.foundation.words import N_, Words, say
from enroll.learners.rules.education import EDUCATION, EDUCATION_NAMES
from enroll.programmes.rules.figures import EntryRules

OF_STUDY = frozenset({"hours", "practice", "directions"})
REQUIRED_CONSENTS = ("sensitive_id", "share_issuer", "commitment")


class Answer(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    PENDING = "pending"  # handed in, a person still has to decide
    PREFERRED = "preferred"  # a preference that is not met; never a bar
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """What is known about somebody who would apply; None is "not known". Minutes of study, ages in years.

    `age` serves where no birth date is asked for (the public self-check). States are those of the identity check.
    """

    birth_date: date | None = None
    age: int | None = None
    education: str | None = None
    major_is_computing: bool | None = None
    minutes_credited: int | None = None
    minutes_pending: int = 0
    practice_credited: int | None = None
    practice_pending: int = 0
    directions_complete: int | None = None
    directions_pending: int = 0
    identity: str | None = None
    photo: str | None = None
    consents: frozenset[str] | None = None
    guardian_acknowledged: bool | None = None


@dataclass(frozen=True)
class RuleAnswer:
    """One rule and how it stands: what is asked, what is known, where it is mended, and who says that it is a rule."""

    code: str
    answer: Answer
    words: Words
    evidence: Words
    mend: str = ""
    source: str = ""
    official: bool = False


def eligibility(rules: EntryRules, facts: Applicant, on: date) -> tuple[RuleAnswer, ...]:
    """Every rule of the programme, answered. `on` is the window's first day: ages count on it."""
    return tuple(
        _with_source(rules, key, answer)
        for key, found in (
            ("min_age", _age(rules, facts, on)),
            ("guardian_until_age", _guardian(rules, facts, on)),
            ("min_education", _education(rules, facts)),
            ("preferred_majors", _major(rules, facts)),
            ("required_hours", _hours(rules, facts)),
            ("min_practice_hours", _practice(rules, facts)),
            ("directions_required", _directions(rules, facts)),
            ("", _checked("identity", N_("Identity handed in and checked"), facts.identity)),
            ("", _checked("photo", N_("ID photo handed in and checked"), facts.photo)),
            ("", _consents(facts)),
        )
        for answer in found
    )


def stands_against_submitting(rules: EntryRules, answers: Iterable[RuleAnswer]) -> tuple[Problem, ...]:
    """Why an application cannot be handed in. A person's verdict that is awaited is no reason: our slowness must not
    shut a learner out; whether hours that wait for acceptance count is the programme's setting."""
    waiting_hours_count = rules.hours_at_submit == "credited_and_pending"
    return tuple(
        _as_problem(one) for one in answers
        if one.answer in {Answer.NOT_MET, Answer.UNKNOWN}
        or (one.answer is Answer.PENDING and one.code in OF_STUDY and not waiting_hours_count)
    )


def stands_against_approving(answers: Iterable[RuleAnswer]) -> tuple[Problem, ...]:
    """Why an application cannot be approved: everything that is not met, not known or not decided. Preferences pass."""
    return tuple(_as_problem(one) for one in answers if one.answer not in {Answer.MET, Answer.PREFERRED})


def _as_problem(answer: RuleAnswer) -> Problem:
    words = say(N_("%(rule)s: %(evidence)s"), rule=answer.words, evidence=answer.evidence)
    return Problem(f"{answer.code}_{answer.answer}", words, mend=answer.mend)


def _with_source(rules: EntryRules, key: str, answer: RuleAnswer) -> RuleAnswer:
    rule = rules.rule(key)
    return replace(answer, source=rule.source, official=rule.official) if rule else answer


def _age_of(facts: Applicant, on: date) -> int | None:
    return age_on(facts.birth_date, on) if facts.birth_date else facts.age


def _age(rules: EntryRules, facts: Applicant, on: date) -> Iterator[RuleAnswer]:
    if rules.min_age is None:
        return
    age = _age_of(facts, on)
    words = say(N_("At least %(years)d years old on %(day)s"), years=rules.min_age, day=on)
    yield _compared("age", words, age, rules.min_age, N_("%(years)d years old on that day"), "learners.identity")


def _compared(code: str, words: Words, years: int | None, least: int, known: str, mend: str) -> RuleAnswer:
    if years is None:
        return RuleAnswer(code, Answer.UNKNOWN, words, say(N_("Not stated yet")), mend)
    return RuleAnswer(code, Answer.MET if years >= least else Answer.NOT_MET, words, say(known, years=years), mend)


def _guardian(rules: EntryRules, facts: Applicant, on: date) -> Iterator[RuleAnswer]:
    """Under 14 nobody signs up alone, from 14 to 17 a guardian acknowledges (personal information of minors)."""
    age = _age_of(facts, on)
    if rules.guardian_until_age is None or age is None or age >= rules.guardian_until_age:
        return
    if rules.self_sign_up_min_age is not None and age < rules.self_sign_up_min_age:
        words = say(N_("At least %(years)d years old to sign up"), years=rules.self_sign_up_min_age)
        yield RuleAnswer("sign_up_age", Answer.NOT_MET, words, say(N_("%(years)d years old on that day"), years=age))
        return
    words = say(N_("A guardian acknowledges the application of a learner under %(years)d"),
                years=rules.guardian_until_age)
    yield RuleAnswer("guardian", *{
        True: (Answer.MET, words, say(N_("The guardian has acknowledged"))),
        False: (Answer.NOT_MET, words, say(N_("The guardian has not acknowledged yet"))),
        None: (Answer.UNKNOWN, words, say(N_("Asked for at the application"))),
    }[facts.guardian_acknowledged], mend="learners.identity")


def _education(rules: EntryRules, facts: Applicant) -> Iterator[RuleAnswer]:
    if rules.min_education is None:
        return
    words = say(N_("Education: %(least)s or above"), least=say(EDUCATION_NAMES[rules.min_education]))
    if facts.education not in EDUCATION:
        yield RuleAnswer("education", Answer.UNKNOWN, words, say(N_("Not stated yet")), "learners.identity")
        return
    enough = EDUCATION.index(facts.education) >= EDUCATION.index(rules.min_education)
    yield RuleAnswer("education", Answer.MET if enough else Answer.NOT_MET, words,
                     say(EDUCATION_NAMES[facts.education]), "learners.identity")


def _major(rules: EntryRules, facts: Applicant) -> Iterator[RuleAnswer]:
    if not rules.preferred_majors:
        return
    words = say(N_("Computing and related majors are preferred, others may apply"))
    if facts.major_is_computing is None:
        yield RuleAnswer("major", Answer.PREFERRED, words, say(N_("Not stated; it is never a bar")))
    elif facts.major_is_computing:
        yield RuleAnswer("major", Answer.MET, words, say(N_("A computing major")))
    else:
        yield RuleAnswer("major", Answer.PREFERRED, words, say(N_("Another major; it is never a bar")))


def _hours(rules: EntryRules, facts: Applicant) -> Iterator[RuleAnswer]:
    if rules.required_hours:
        words = say(N_("%(hours)d course hours of %(unit)d minutes"), hours=rules.required_hours, unit=_unit(rules))
        yield _minutes("hours", words, rules, rules.required_hours, facts.minutes_credited, facts.minutes_pending)


def _practice(rules: EntryRules, facts: Applicant) -> Iterator[RuleAnswer]:
    if rules.min_practice_hours:
        words = say(N_("Of these, %(hours)d hours of practice"), hours=rules.min_practice_hours)
        yield _minutes("practice", words, rules, rules.min_practice_hours, facts.practice_credited,
                       facts.practice_pending)


def _minutes(
    code: str, words: Words, rules: EntryRules, hours: int, credited: int | None, pending: int
) -> RuleAnswer:
    if credited is None:
        return RuleAnswer(code, Answer.UNKNOWN, words, say(N_("Not stated yet")), "hours.mine")
    unit = _unit(rules)
    needed = minutes_needed(hours, unit)
    if credited >= needed:
        evidence = say(N_("%(hours)s hours credited"), hours=shown_hours(credited, unit))
        return RuleAnswer(code, Answer.MET, words, evidence)
    if credited + pending >= needed:
        evidence = say(N_("%(hours)s hours credited, %(pending)s wait for acceptance"),
                       hours=shown_hours(credited, unit), pending=shown_hours(pending, unit))
        return RuleAnswer(code, Answer.PENDING, words, evidence, "hours.mine")
    evidence = say(N_("%(hours)s hours credited, %(minutes)d minutes are missing"), hours=shown_hours(credited, unit),
                   minutes=needed - credited)
    return RuleAnswer(code, Answer.NOT_MET, words, evidence, "hours.mine")


def _unit(rules: EntryRules) -> int:
    assert rules.hour_unit_minutes, "a programme that asks for course hours says how long one is"
    return rules.hour_unit_minutes


def _directions(rules: EntryRules, facts: Applicant) -> Iterator[RuleAnswer]:
    if not rules.directions_required:
        return
    words = say(N_("Directions completed: %(number)d"), number=rules.directions_required)
    if facts.directions_complete is None:
        yield RuleAnswer("directions", Answer.UNKNOWN, words, say(N_("Not stated yet")), "hours.mine")
        return
    evidence = say(N_("%(number)d completed"), number=facts.directions_complete)
    if facts.directions_complete >= rules.directions_required:
        answer = Answer.MET
    elif facts.directions_complete + facts.directions_pending >= rules.directions_required:
        answer = Answer.PENDING
    else:
        answer = Answer.NOT_MET
    yield RuleAnswer("directions", answer, words, evidence, "hours.mine")


STATE_ANSWERS = {
    "verified": (Answer.MET, N_("Verified")),
    "submitted": (Answer.PENDING, N_("Handed in, being checked")),
    "unable": (Answer.PENDING, N_("Manual check needed")),
    "returned": (Answer.NOT_MET, N_("Correction needed")),
    "draft": (Answer.NOT_MET, N_("Not handed in")),
}


def _checked(code: str, text: str, state: str | None) -> Iterator[RuleAnswer]:
    if state is not None:
        answer, evidence = STATE_ANSWERS[state]
        yield RuleAnswer(code, answer, say(text), say(evidence), f"learners.{code}")


def _consents(facts: Applicant) -> Iterator[RuleAnswer]:
    if facts.consents is None:
        return
    missing = [code for code in REQUIRED_CONSENTS if code not in facts.consents]
    words = say(N_("Separate consents and the declaration"))
    if missing:
        yield RuleAnswer("consents", Answer.NOT_MET, words, say(N_("Not all given yet")))
    else:
        yield RuleAnswer("consents", Answer.MET, words, say(N_("All given")))
