"""Every lifecycle of the program in the order of the journey, and how an act reads on a timeline."""

from enroll.accounts.lifecycle import ACCOUNT
from enroll.applications.lifecycle import APPLICATION
from enroll.certificates.lifecycle import CERTIFICATE
from enroll.courses.lifecycle import PRACTICE_WORK
from enroll.enrolments.lifecycle import ENROLMENT
from enroll.exchange.lifecycle import BATCH
from enroll.fees.lifecycle import FEE, REFUND
from enroll.foundation.lifecycle import Lifecycle
from enroll.foundation.words import N_, Words, say
from enroll.hours.lifecycle import DOUBT, PROOF
from enroll.learners.lifecycle import IDENTITY_CHECK
from enroll.programmes.lifecycle import WINDOW
from enroll.results.lifecycle import RESULT, SCORE_REVIEW
from enroll.sittings.lifecycle import BOOKING

LIFECYCLES: tuple[Lifecycle, ...] = (
    ACCOUNT, IDENTITY_CHECK, WINDOW, FEE, REFUND, ENROLMENT, PROOF, DOUBT, PRACTICE_WORK, BOOKING, APPLICATION, RESULT,
    SCORE_REVIEW, CERTIFICATE, BATCH,
)  # fmt: skip

BY_ACT = {one.name.lower().replace(" ", "_"): one for one in LIFECYCLES}
RECORD_NAMES = {
    "account": N_("Account"), "identity_check": N_("Identity check"), "exam_window": N_("Exam window"),
    "fee": N_("Fee"), "refund": N_("Refund"), "enrolment": N_("Enrolment"), "proof_of_hours": N_("Proof of hours"),
    "minutes_in_doubt": N_("Minutes in doubt"), "practice_assignment": N_("Practice assignment"),
    "booking": N_("Booking"), "application": N_("Application"), "result": N_("Result"),
    "score_review": N_("Score review"), "certificate": N_("Certificate"), "batch": N_("Batch"),
}  # fmt: skip


def words_of_act(act: str) -> Words:
    """'application.approve' as 'Application: Approve'; an act without a lifecycle keeps its code."""
    record, _, move = act.partition(".")
    lifecycle = BY_ACT.get(record)
    if lifecycle is None:
        return say(act)
    name = say(RECORD_NAMES[record])
    if move == "begin":
        return say(N_("%(record)s: begun"), record=name)
    label = lifecycle.moves[move].label if move in lifecycle.moves else move
    return say(N_("%(record)s: %(move)s"), record=name, move=say(label))
