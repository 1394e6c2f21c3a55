"""What a granted exception does to the answers about the rules of entry. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from enroll.enrolments.rules import Exceptable
from enroll.foundation.words import N_, say
from enroll.programmes.rules.eligibility import Answer, RuleAnswer

DECIDED_WITHIN = 1
"""Working days from the proposal: the learner cannot go on without it."""


def with_exceptions(answers: Iterable[RuleAnswer], granted: Collection[str]) -> tuple[RuleAnswer, ...]:
    """The answers, where a rule in `granted` that is not met counts as met. What is not known stays unknown: nobody is
    excepted from saying how it is; and a rule that cannot be excepted stays as it is, whatever is granted."""
    return tuple(_excepted(one) if one.code in granted and one.code in set(Exceptable)
                 and one.answer is Answer.NOT_MET else one for one in answers)


def _excepted(one: RuleAnswer) -> RuleAnswer:
    return replace(one, answer=Answer.MET, evidence=say(
        N_("%(evidence)s; an exception was granted for this window"), evidence=one.evidence))
