"""The one next thing for the learner of an application: what, by when, and who acts. Always there."""

from dataclasses import dataclass
from datetime import datetime

from enroll.foundation.words import N_, Words, say


@dataclass(frozen=True)
class Where:
    """Where an application stands. Moments are those that count for this person; None where there is none."""

    state: str
    settled: bool = False
    reopened: bool = False
    closes_at: datetime | None = None
    review_due_at: datetime | None = None
    correct_by: datetime | None = None
    payment_due_at: datetime | None = None
    ticket_from: datetime | None = None
    payer: str = "learner"
    ready_to_submit: bool = False
    may_apply_again: bool = False
    why_lapsed: str = ""
    offer_ends_at: datetime | None = None
    position: int | None = None  # in the list of a part that has no seat
    unseated: bool = False
    sat: bool = False  # every part is over for this person: present, absent, excused or disqualified
    scores_publish_at: datetime | None = None
    scores_due: bool = False
    filled_in_by: str = ""  # who of staff filled the draft in and asked for the signature


@dataclass(frozen=True)
class Next:
    """`page` names the page of this application (or another package's) where the learner acts; '' where somebody else
    acts. `due` is the learner's own deadline."""

    title: Words
    text: Words
    page: str = ""
    action: Words | None = None
    due: datetime | None = None


WAITS_PAID = N_("You are number %(number)s on the waiting list. As soon as a seat is free it is offered to you.")
WAITS_UNPAID = N_("You are number %(number)s on the waiting list. As soon as a seat is free it is offered to you; "
                  "the fee falls due with it.")
WAITS_REVIEWED = N_("The office looks at it by %(moment)s at the latest. You are number %(number)s on the waiting "
                    "list of one part: no seat is held there until one is offered to you.")
AGAIN = Next(
    say(N_("You can apply again")), say(N_("Registration is still open.")), "applications.begin",
    say(N_("Apply for the exam")),
)
WAIT_FOR_NEXT = Next(
    say(N_("The next exam window")), say(N_("This application is over. Apply for the next window.")),
    "applications.mine", say(N_("Exam windows")),
)


def next_of(where: Where) -> Next:
    """What comes next, for every state."""
    if where.offer_ends_at is not None and where.offer_ends_at <= (where.correct_by or where.offer_ends_at):
        return Next(say(N_("A seat is free for you")), say(N_("It is kept for you until then; after that it goes to "
                    "the next person on the list.")), "seats.accept", say(N_("Look at the seat")), where.offer_ends_at)
    if where.state == "submitted" and where.reopened:
        return _approved(where)
    return {"draft": _draft, "submitted": _submitted, "returned": _returned, "approved": _approved}.get(
        where.state, _over
    )(where)


def _draft(where: Where) -> Next:
    page = "applications.check" if where.ready_to_submit else "applications.choose"
    if where.filled_in_by and where.ready_to_submit:
        text = say(N_("%(name)s of the exam office filled it in because you asked for it. Nothing is handed in before "
                      "you have read it, agreed and signed."), name=where.filled_in_by)
        return Next(say(N_("Read what was filled in for you, agree and sign")), text, page,
                    say(N_("Read, agree and sign")), where.closes_at)
    return Next(say(N_("Submit your application")), say(N_("Nothing is reserved until you submit.")), page,
                say(N_("Go on with the application")), where.closes_at)


def _submitted(where: Where) -> Next:
    if where.unseated:
        text = say(WAITS_REVIEWED, number=where.position, moment=where.review_due_at) if where.position else say(
            N_("The office looks at it by %(moment)s at the latest. One part has no seat: choose another sitting, or "
               "join a waiting list, before the lists close."), moment=where.review_due_at)
        return Next(say(N_("Waiting for review")), text)
    text = say(N_("The office looks at it by %(moment)s at the latest. Your seats are held until then; there is "
                  "nothing for you to do."), moment=where.review_due_at)
    return Next(say(N_("Waiting for review")), text)


def _returned(where: Where) -> Next:
    return Next(say(N_("Correct what was returned")), say(N_("Only the items named below; everything else is in order. "
                "After the deadline the seats are released.")), "applications.correct", say(N_("Correct and submit "
                "again")), where.correct_by)


def _approved(where: Where) -> Next:
    if where.unseated:
        text = say(WAITS_PAID if where.settled else WAITS_UNPAID, number=where.position) if where.position else say(
            N_("One part has no seat. Choose another sitting, or join a waiting list, before the lists close."))
        return Next(say(N_("Waiting for a seat")), text, "applications.show", None)
    if where.sat:
        return _sat(where)
    if where.settled:
        text = say(N_("You are registered. Admission tickets and confirmations can be had from %(moment)s."),
                   moment=where.ticket_from)
        return Next(say(N_("Prepare for the exam")), text, "applications.show", None)
    if where.payer != "learner":
        text = say(N_("Your employer or school pays. After the deadline the seats are released."))
        return Next(say(N_("The exam fee is to be paid")), text, "fees.mine", say(N_("Look at the fee")),
                    where.payment_due_at)
    return Next(say(N_("Pay the exam fee")), say(N_("With the payment you are registered; after the deadline the seats "
                "are released.")), "fees.mine", say(N_("Pay the exam fee")), where.payment_due_at)


def _sat(where: Where) -> Next:
    if where.scores_due:
        return Next(say(N_("The exam is over")), say(N_("Results of this window are published from %(moment)s on."),
                    moment=where.scores_publish_at), "results.mine", say(N_("Look at the results")))
    return Next(say(N_("The exam is over")), say(N_("The results are published at %(moment)s; we write to you. There "
                "is nothing for you to do until then."), moment=where.scores_publish_at))


def _over(where: Where) -> Next:
    return AGAIN if where.may_apply_again else WAIT_FOR_NEXT
