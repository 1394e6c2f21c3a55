"""Where each member of a group stands, and who of a roster can be taken."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_, Words, say

DRAFT, SUBMITTED, RETURNED, APPROVED = "draft", "submitted", "returned", "approved"


class Stage(StrEnum):
    """What the employer and the office read of a member; nothing of marks, documents or reasons."""

    INVITED = "invited"
    DECLINED = "declined"
    JOINED = "joined"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    UNPAID = "unpaid"
    REGISTERED = "registered"
    OVER = "over"


STAGE_NAMES = {
    Stage.INVITED: N_("Invited, no answer yet"), Stage.DECLINED: N_("Does not take part"),
    Stage.JOINED: N_("Takes part, application not begun"), Stage.DRAFT: N_("Application not submitted"),
    Stage.SUBMITTED: N_("Submitted, being reviewed"), Stage.RETURNED: N_("To be corrected by the member"),
    Stage.UNPAID: N_("Approved, fee to be paid"), Stage.REGISTERED: N_("Registered"),
    Stage.OVER: N_("Ended without an exam"),
}
STAGE_LOOKS = {
    Stage.INVITED: ("wait", "hourglass"), Stage.DECLINED: ("mute", "x"), Stage.JOINED: ("warn", "pencil"),
    Stage.DRAFT: ("warn", "pencil"), Stage.SUBMITTED: ("info", "clock"), Stage.RETURNED: ("bad", "arrow-back-up"),
    Stage.UNPAID: ("warn", "receipt"), Stage.REGISTERED: ("ok", "circle-check"), Stage.OVER: ("mute", "x"),
}
MISSING = {
    Stage.INVITED: N_("open the link and say yes or no"), Stage.JOINED: N_("begin the application"),
    Stage.DRAFT: N_("choose sittings, agree, sign and submit; no seat is held before"),
    Stage.RETURNED: N_("correct what was returned"), Stage.UNPAID: N_("the employer’s payment"),
}
WAITS_FOR_MEMBER = frozenset({Stage.INVITED, Stage.JOINED, Stage.DRAFT, Stage.RETURNED})

NOBODY = problem("no_such_learner", N_("No learner signs in with this address. Let them sign up first, or bring them "
                                       "in under “Records of before”."))
OTHER_NAME = problem("name_differs", N_("The learner with this address has another name."))
IN_GROUP = problem("in_group", N_("This person is in the group already."))
CLOSED = problem("group_closed", N_("This group is closed."))
UNAGREED = problem("agreement_missing", N_("Without this, your employer cannot be told whether your part is done, so "
                                           "you cannot take part in the group. You can apply by yourself."),
                   field="agreed")
ANSWERED = problem("answered", N_("This invitation was answered already."))


@dataclass(frozen=True)
class Part:
    """What is known of a member's part: moments of the invitation's answer, and how the application stands."""

    joined_at: datetime | None
    declined_at: datetime | None
    application: str | None = None
    settled: bool = False


def stage_of(part: Part) -> Stage:
    if part.declined_at is not None:
        return Stage.DECLINED
    if part.joined_at is None:
        return Stage.INVITED
    if part.application is None:
        return Stage.JOINED
    if part.application == APPROVED:
        return Stage.REGISTERED if part.settled else Stage.UNPAID
    return {DRAFT: Stage.DRAFT, SUBMITTED: Stage.SUBMITTED, RETURNED: Stage.RETURNED}.get(part.application, Stage.OVER)


def missing_of(stage: Stage) -> Words | None:
    """Whose turn it is for what; None where nobody of the group has to act."""
    return say(MISSING[stage]) if stage in MISSING else None


def may_still_answer(joined: bool, declined: bool, group_open: bool) -> Problem | None:
    if not group_open:
        return CLOSED
    return ANSWERED if joined or declined else None
