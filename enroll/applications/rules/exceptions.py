"""Which answers of rules and machine are exceptions: what passes by itself is folded away, the rest stands first."""

from collections.abc import Iterable

from enroll.learners.rules.findings import OK, Finding
from enroll.programmes.rules.eligibility import Answer, RuleAnswer

PASSED = frozenset({Answer.MET, Answer.PREFERRED})
# Identity and photo handed in and not yet looked at are the review itself, no exception.
LOOKED_AT_HERE = frozenset({"identity", "photo"})


def exceptions_among(answers: Iterable[RuleAnswer], findings: Iterable[Finding], doubts: int) -> list[str]:
    """The codes, each once: rules that are not met or not known, minutes in doubt, whatever the machine found."""
    codes = [one.code for one in answers if one.answer not in PASSED and not _is_under_review(one)]
    codes += ["doubts"] if doubts else []
    codes += [one.code for one in findings if one.kind != OK]
    return list(dict.fromkeys(codes))


def _is_under_review(one: RuleAnswer) -> bool:
    return one.answer is Answer.PENDING and one.code in LOOKED_AT_HERE
