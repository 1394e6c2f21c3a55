"""Reading what somebody typed as a mark: strict, because '１２', '1e3' and '73.25' are slips and not marks."""

import re

from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_
from enroll.results.rules.verdicts import Entered, Verdict

# ASCII digits with at most one decimal: no sign, no exponent, no full-width or other digits, no space inside.
MARK = re.compile(r"(\d{1,4})(?:\.(\d))?", re.ASCII)
BARE = {"合格": Verdict.PASS, "pass": Verdict.PASS, "不合格": Verdict.FAIL, "fail": Verdict.FAIL}


def read_mark(text: str, *, full: int, step: int) -> Entered | Problem:
    """A mark in tenths from 0 to `full` in steps of `step` (both in tenths), or a bare 合格 / 不合格 (pass / fail)."""
    plain = text.strip(" ")
    if plain.lower() in BARE:
        return Entered(None, str(BARE[plain.lower()]))
    found = MARK.fullmatch(plain)
    if found is None:
        return problem("not_a_mark", N_("Enter the mark in plain digits, for example 72."), field="mark")
    mark = int(found[1]) * 10 + int(found[2] or 0)
    if mark > full:
        return problem("mark_out_of_range", N_("A mark lies between 0 and %(full)s."), field="mark", full=full // 10)
    if mark % step:
        return problem("mark_between_steps", N_("Marks go in steps of %(step)s."), field="mark",
                       step=f"{step / 10:g}")
    return Entered(mark)
