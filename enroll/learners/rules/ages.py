"""Ages that decide who may sign up and for whom a guardian stands. Counted in whole years on a day in Asia/Shanghai.

Sources: PIPL article 31 and 未成年人网络保护条例 (under 14: special rules, so no sign-up by oneself); this
installation's consent text (14 to 17: the guardian acknowledges).
"""

from datetime import date

from enroll.foundation.clock import age_on
from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_

YOUNGEST, OF_AGE, OLDEST = 14, 18, 110


def may_sign_up(birth_date: date, today: date) -> Problem | None:
    if birth_date > today or age_on(birth_date, today) > OLDEST:
        return problem("birth_date_impossible", N_("This cannot be a date of birth. Check year, month and day."),
                       field="birth_date")
    if age_on(birth_date, today) < YOUNGEST:
        return problem("too_young", N_("Signing up by oneself is possible from the 14th birthday on. Nothing of what "
                                       "you "
                                       "typed was kept. Ask your parents to get in touch with us."), field="birth_date")
    return None


def needs_guardian(birth_date: date, today: date) -> bool:
    return age_on(birth_date, today) < OF_AGE
