"""The one next step: what to do now, or what is being waited for."""

from dataclasses import dataclass
from datetime import date, datetime

from enroll.foundation.minutes import shown_hours_short
from enroll.foundation.words import N_, Words, say
from enroll.home.rules.facts import AGAIN, HomeFacts
from enroll.home.rules.journey import (
    STAFF,
    Link,
    Step,
    StepState,
    exam_step,
    journey,
    next_registration,
    ready_to_apply,
    to_application,
)


@dataclass(frozen=True)
class NextStep:
    """The one thing to do now (or to wait for), with its reason, its deadline and its button."""

    title: Words
    text: Words
    action: Words | None = None
    link: Link | None = None
    by: datetime | date | None = None


def next_step(facts: HomeFacts) -> NextStep:
    """The one next step: among what the learner can do now, the earliest deadline; else what is being waited for."""
    todo = _things_to_do(facts)
    if todo:
        late = datetime.max.replace(tzinfo=facts.now.tzinfo)
        return min(todo, key=lambda one: one.by if isinstance(one.by, datetime) else late)
    return _waiting_for(facts)


def _things_to_do(facts: HomeFacts) -> list[NextStep]:
    todo: list[NextStep] = []
    if facts.application_state == "returned":
        todo.append(
            NextStep(
                say(N_("Correct your application")),
                say(N_("Only the named items are open; everything else is fine and your seats are held.")),
                say(N_("See what to correct")),
                link=to_application(facts),
                by=facts.correct_by,
            )
        )
    todo += [_answer_the_offer(one.reference, one.offer_ends_at) for one in facts.bookings if one.state == "offered"]
    if facts.application_state == "approved" and not facts.fee_settled and not facts.unseated:
        todo.append(
            NextStep(
                say(N_("Pay the exam fee")),
                say(N_("Your application is approved. You are registered as soon as the payment has arrived.")),
                say(N_("See how to pay")),
                Link("fees.mine"),
                by=facts.payment_due_at,
            )
        )
    if "returned" in {facts.identity, facts.photo}:
        todo.append(
            NextStep(
                say(N_("Correct your identity details")),
                say(N_("Staff named what to change; the rest is fine.")),
                say(N_("Correct now")),
                Link("learners.identity"),
            )
        )
    if facts.training_fee_open:
        todo.append(
            NextStep(
                say(N_("Pay the training fee")),
                say(N_("Then all lessons are open to you.")),
                say(N_("See how to pay")),
                Link("fees.mine"),
                by=facts.training_fee_due_at,
            )
        )
    if facts.verdict in AGAIN and not facts.application_state and facts.registration_is_open and facts.window:
        todo.append(
            NextStep(
                say(N_("Apply for the resit")),
                say(N_("Only the parts that are missing are offered.")),
                say(N_("Choose sittings")),
                Link("applications.begin"),
                by=facts.window.closes_at,
            )
        )
    exam = exam_step(facts)
    if exam.state is StepState.CURRENT:
        todo.append(_sit_the_exam(facts, exam))
    if facts.application_state == "draft" and facts.window:
        todo.append(
            NextStep(
                say(N_("Submit your application")),
                say(N_("Your draft is kept, but no seat is held until you submit.")),
                say(N_("Go on with the application")),
                link=to_application(facts),
                by=facts.window.closes_at,
            )
        )
    return todo or _ways_forward(facts)


def _answer_the_offer(booking: str, ends_at: datetime | None) -> NextStep:
    return NextStep(
        say(N_("A seat is free for you")),
        say(N_("It is kept for you until then; after that it goes to the next person on the list.")),
        say(N_("Look at the seat")),
        Link("seats.accept", (("reference", booking),)),
        by=ends_at,
    )


def _sit_the_exam(facts: HomeFacts, exam: Step) -> NextStep:
    """With the ticket or confirmation in hand once it is out; before that, time and place."""
    action, link = say(N_("See time and place")), to_application(facts)
    if facts.ticket:
        action, link = say(N_("Open the ticket")), Link("admission.ticket", (("number", facts.ticket),))
        if all(one.online for one in facts.bookings):
            action = say(N_("Open the exam confirmation"))
    text = exam.note or say(N_("Your seat is reserved; be there in time."))
    return NextStep(say(N_("Sit your exam")), text, action, link, by=exam.by)


def _ways_forward(facts: HomeFacts) -> list[NextStep]:
    """What has no deadline of its own: a decision against the learner, else the earliest open step of the journey."""
    if facts.certificate_state in {"refused", "suspended", "revoked"}:
        return [
            NextStep(
                say(facts.certificate_label),
                say(N_("What was decided and why stands with your certificate, and how to appeal.")),
                say(N_("See the decision")),
                Link("certificates.mine"),
            )
        ]
    if facts.certificate_state == "issued" or facts.application_state in {"submitted", "approved"}:
        return []
    if not facts.enrolled:
        return [
            NextStep(
                say(N_("Enrol on a programme")),
                say(N_("Choose the programme, a direction and a class; then the lessons open.")),
                say(N_("See programmes")),
                Link("programmes.comparison"),
            )
        ]
    if facts.certificate_state:
        return []
    if "draft" in {facts.identity, facts.photo}:
        early = facts.minutes >= facts.required // 2
        step = NextStep(
            say(N_("Hand in your identity and photo")),
            say(N_("Needed for the proof of hours and for every exam; takes ten minutes.")),
            say(N_("Start")),
            Link("learners.identity"),
        )
        if early or not facts.lesson:
            return [step]
    may_apply = ready_to_apply(facts) and facts.registration_is_open
    if facts.proof and facts.window and not facts.application_state and may_apply:
        return [
            NextStep(
                say(N_("Apply for the %(code)s window"), code=facts.window.code),
                say(N_("Your hours are complete. Choose a sitting for each part; the seats are held at once.")),
                say(N_("Choose sittings")),
                Link("applications.begin"),
                by=facts.window.closes_at,
            )
        ]
    if facts.lesson and not facts.proof:
        course, lesson, title = facts.lesson
        left = max(facts.required - facts.minutes, 0)
        return [
            NextStep(
                say(N_("Go on studying: %(title)s"), title=title),
                _hours_to_go(left, facts.unit),
                say(N_("Go on")),
                Link("courses.lesson", (("course", course), ("lesson", lesson))),
            )
        ]
    return []


def _hours_to_go(left: int, unit: int) -> Words:
    if left:
        return say(
            N_("%(hours)s course hours to go (%(minutes)s minutes)."), hours=shown_hours_short(left, unit), minutes=left
        )
    return say(N_("The hours are enough; finish what is still asked for."))


def _waiting_for(facts: HomeFacts) -> NextStep:
    waiting = [step for step in journey(facts) if step.state is StepState.WAITING]
    if waiting:
        # A photo that is decided with the application waits for its review, which has a day.
        step = next((one for one in waiting if one.key == "review"), waiting[0])
        return NextStep(
            say(N_("Nothing to do for you now")),
            say(N_("%(step)s: %(who)s acts next."), step=step.title, who=step.who or say(STAFF)),
            link=step.link,
            by=step.by,
        )
    if facts.certificate_state == "issued":
        return NextStep(
            say(N_("Your certificate is there")),
            say(N_("Download it, or send the verification link to an employer.")),
            say(N_("Open the certificate")),
            Link("certificates.mine"),
        )
    return NextStep(say(N_("Nothing to do for you now")), next_registration(facts))
