"""What happens at the door, and what is refused there with a reason the person at the door can say aloud."""

from datetime import datetime
from enum import StrEnum

from enroll.foundation.problems import Problem, problem
from enroll.foundation.text import compared
from enroll.foundation.words import N_


class Recorded(StrEnum):
    CHECKED_IN = "checked_in"
    STARTED = "started"
    ABSENT = "absent"
    UNDONE = "undone"


RECORDED_NAMES = {
    Recorded.CHECKED_IN: N_("Checked in"), Recorded.STARTED: N_("Started online"),
    Recorded.ABSENT: N_("Marked absent"), Recorded.UNDONE: N_("Attendance undone"),
}


SOURCE_NAMES = {"offline": N_("ticked off without a line"), "paper": N_("entered from paper")}


def already_in(at: datetime, by: str) -> Problem:
    """The alarm: somebody shows a ticket with which somebody has been let in before."""
    return problem("already_in", N_("Stop: with this ticket %(name)s let somebody in at %(moment)s. Call the person in "
                                    "charge."), name=by, moment=at)


def nobody_known() -> Problem:
    return problem("ticket_unknown", N_("Nobody has this ticket number, code or booking number, and no document in "
                                        "this sitting ends so."), field="shown")


def not_in_this_sitting(where: str, at: datetime) -> Problem:
    return problem("wrong_sitting", N_("This person is booked for %(sitting)s, %(moment)s, not for this sitting."),
                   field="shown", sitting=where, moment=at)


def booked_nowhere_here() -> Problem:
    return problem("not_booked", N_("This person has no seat in this window any more."), field="shown")


def is_excused() -> Problem:
    return problem("excused", N_("This person is excused from this part and does not sit it in this window."),
                   field="shown")


def no_late_entry() -> Problem:
    return problem("no_late_entry", N_("Only somebody with a ticket, whose exam is not over and who is not in yet, can "
                                       "be let in late."))


def results_stand() -> Problem:
    return problem("results_stand", N_("The results of this part are published. The attendance is corrected there."))


def name_or_tail_agrees(*, name: str, tail: str, legal_name: str, id_mask: str) -> bool:
    """Whether what a list says of a person is this person: all that is given must agree, and something must be given.
    A tail is compared without case, so that 101x is 101X."""
    said = [compared(name) == compared(legal_name)] if name else []
    said += [len(tail) == 4 and compared(id_mask).endswith(compared(tail))] if tail else []
    return bool(said) and all(said)
