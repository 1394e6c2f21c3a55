"""What a reason of the library must say. Pure: given words in, problems out."""

from dataclasses import dataclass, fields

from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_

OUTCOMES = {"return": N_("to return"), "reject": N_("to reject"), "both": N_("to return or reject")}
NEEDED = ("words_zh", "words_en", "advice_zh", "advice_en")


@dataclass(frozen=True)
class ReasonWords:
    """A reason, what the learner should do and an example, in both languages."""

    words_zh: str
    words_en: str
    advice_zh: str
    advice_en: str
    example_zh: str = ""
    example_en: str = ""

    def as_kept(self) -> dict[str, str]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


def faults_of(words: ReasonWords, outcome: str) -> list[Problem]:
    """Everything in both languages: a learner reads one of them, and staff know only one of the two beforehand."""
    found = [problem("reason_half", N_("Say it in both languages."), field=name)
             for name in NEEDED if not getattr(words, name).strip()]
    if bool(words.example_zh.strip()) != bool(words.example_en.strip()):
        field = "example_zh" if words.example_en.strip() else "example_en"
        found.append(problem("example_half", N_("Give the example in both languages, or leave both empty."),
                             field=field))
    if outcome not in OUTCOMES:
        found.append(problem("outcome_unknown", N_("Choose from the list."), field="outcome"))
    return found
