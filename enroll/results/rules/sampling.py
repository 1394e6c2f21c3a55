"""Which marks from the issuing body's file a second person must check against the source."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_


@dataclass(frozen=True)
class CheckPolicy:
    """For one source: every mark this near the pass mark (tenths), and a share of the rest, at least so many. By hand
    everything is keyed twice, whatever stands here."""

    near_tenths: int = 30
    sample_percent: int = 5
    sample_at_least: int = 10


DEFAULT_POLICY = CheckPolicy()


def must_be_checked(
    marks: Mapping[str, int | None], pass_marks: Mapping[str, int], digest: str, policy: CheckPolicy
) -> frozenset[str]:
    """The references to check, of `marks` by reference; `pass_marks` by the same references.

    The sample follows from the file's digest: nobody chooses it, and it is the same whoever asks.
    """
    near = {
        reference for reference, mark in marks.items()
        if mark is not None and abs(mark - pass_marks[reference]) <= policy.near_tenths
    }
    rest = sorted(set(marks) - near, key=lambda one: hashlib.sha256(f"{digest}:{one}".encode()).digest())
    wanted = max(policy.sample_at_least, ceil(len(marks) * policy.sample_percent / 100))
    return frozenset(near | set(rest[:wanted]))


@dataclass(frozen=True)
class SampleFacts:
    """How the check of one file stands: how many must still be checked, and how many of those checked differed."""

    unchecked: int
    differing: int


def sample_is_clean(facts: SampleFacts) -> Problem | None:
    """One difference is enough: then every mark of the file is keyed again."""
    if facts.differing:
        return problem("sample_differs", N_("%(count)s of the checked marks differ from the source, so every mark of "
                                            "this file must be keyed again."), count=facts.differing)
    if facts.unchecked:
        return problem("sample_unfinished", N_("%(count)s marks must still be checked against the source."),
                       count=facts.unchecked)
    return None
