"""What staff add to the candidate notice 考生须知 of a sitting: short, in both languages, one line for each thing."""

from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_

MOST_LINES = 6
MOST_CHARACTERS = 400


def notice_lines(text: str) -> tuple[str, ...]:
    """One thing to know a line; empty lines are left out."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def notice_faults(text_zh: str, text_en: str, *, standing: tuple[str, str] | None) -> tuple[Problem, ...]:
    """Both languages say the same number of things, and something changed. Both empty take the notice back."""
    chinese, english = notice_lines(text_zh), notice_lines(text_en)
    found = []
    if len(chinese) != len(english):
        found.append(problem("not_both", N_("Say the same in both languages: as many lines here as there."),
                             field="text_en"))
    if len(chinese) > MOST_LINES:
        found.append(problem("too_many_lines", N_("At most %(most)s lines: the ticket is one page."), field="text_zh",
                             most=MOST_LINES))
    if ((chinese, english) == (notice_lines(standing[0]), notice_lines(standing[1])) if standing is not None
            else not chinese and not english):
        found.append(problem("nothing_new", N_("Nothing was changed."), field="text_zh"))
    return tuple(found)
