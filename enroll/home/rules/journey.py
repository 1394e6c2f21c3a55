"""The ten steps to the certificate: how each stands, who acts now, by when."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from enroll.foundation.clock import at_beijing
from enroll.foundation.minutes import shown_hours
from enroll.foundation.words import N_, Words, say
from enroll.home.rules.facts import HomeFacts

LEARNER, STAFF, BODY = N_("you"), N_("the exam office"), N_("the issuing body")


class StepState(StrEnum):
    DONE = "done"
    CURRENT = "current"
    FIX = "fix"
    WAITING = "waiting"
    LOCKED = "locked"


@dataclass(frozen=True)
class Link:
    """A page: its endpoint and the values in its address."""

    endpoint: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Step:
    """One of the ten steps: what, how it stands, why, who acts now and by when."""

    key: str
    title: Words
    state: StepState
    note: Words | None = None
    link: Link | None = None
    who: Words | None = None
    by: datetime | None = None


def journey(facts: HomeFacts) -> tuple[Step, ...]:
    """The ten steps, in order; every step that is not done says who acts or what it waits for."""
    made = (_signed_up, _identity, _hours, _apply, _review, _payment, _ticket, exam_step, _result, _certificate)
    return tuple(make(facts) for make in made)


def _signed_up(facts: HomeFacts) -> Step:
    return Step("sign_up", say(N_("Sign up")), StepState.DONE)


def _identity(facts: HomeFacts) -> Step:
    title, states, link = say(N_("Identity and photo")), (facts.identity, facts.photo), Link("learners.identity")
    if "returned" in states:
        return Step(
            "identity", title, StepState.FIX, say(N_("Something needs a correction.")), who=say(LEARNER), link=link
        )
    if states == ("verified", "verified"):
        return Step("identity", title, StepState.DONE, link=link)
    if "draft" in states:
        return Step(
            "identity",
            title,
            StepState.CURRENT,
            say(N_("Legal name, document, photo and consents.")),
            who=say(LEARNER),
            link=link,
        )
    if facts.guardian_open:
        return Step(
            "identity",
            title,
            StepState.CURRENT,
            say(N_("Your guardian still has to acknowledge.")),
            who=say(LEARNER),
            link=link,
        )
    return Step("identity", title, StepState.WAITING, say(N_("Handed in, being checked.")), who=say(STAFF), link=link)


def _hours(facts: HomeFacts) -> Step:
    title = (
        say(N_("%(hours)s course hours"), hours=shown_hours(facts.required, facts.unit))
        if facts.required
        else (say(N_("Course hours")))
    )
    if facts.proof:
        return Step(
            "hours",
            title,
            StepState.DONE,
            say(N_("Proof %(number)s is issued."), number=facts.proof),
            Link("hours.mine"),
        )
    if not facts.enrolled:
        return Step(
            "hours",
            title,
            StepState.CURRENT,
            say(N_("Enrol on the programme first.")),
            Link("programmes.comparison"),
            who=say(LEARNER),
        )
    so_far = say(N_("%(hours)s hours credited."), hours=shown_hours(facts.minutes, facts.unit))
    if facts.pending:
        so_far = say(
            N_("%(hours)s hours credited, %(pending)s waiting for a decision."),
            hours=shown_hours(facts.minutes, facts.unit),
            pending=shown_hours(facts.pending, facts.unit),
        )
    if facts.minutes >= facts.required and facts.identity != "verified" and not facts.hours_missing:
        return Step(
            "hours",
            title,
            StepState.WAITING,
            say(N_("Complete; the proof follows when your identity is verified.")),
            Link("hours.mine"),
            who=say(STAFF),
        )
    return Step("hours", title, StepState.CURRENT, so_far, Link("courses.study"), who=say(LEARNER))


def _apply(facts: HomeFacts) -> Step:
    title = say(N_("Apply for an exam window"))
    state, link = facts.application_state, to_application(facts)
    if state == "returned":
        return Step(
            "apply",
            title,
            StepState.FIX,
            say(N_("Returned for correction.")),
            who=say(LEARNER),
            by=facts.correct_by,
            link=link,
        )
    if state in {"submitted", "approved"}:
        return Step(
            "apply",
            title,
            StepState.DONE,
            say(N_("Application %(reference)s."), reference=facts.application),
            link=link,
        )
    if state == "draft":
        return Step(
            "apply",
            title,
            StepState.CURRENT,
            say(N_("A draft is kept; submit it.")),
            who=say(LEARNER),
            by=facts.window.closes_at if facts.window else None,
            link=link,
        )
    if not may_apply(facts):
        return Step("apply", title, StepState.LOCKED, say(N_("Opens when your hours and identity are handed in.")))
    return Step(
        "apply",
        title,
        StepState.CURRENT,
        None,
        Link("applications.begin"),
        who=say(LEARNER),
        by=facts.window.closes_at if facts.window else None,
    )


def _review(facts: HomeFacts) -> Step:
    title = say(N_("Review"))
    if facts.application_state == "approved":
        return Step("review", title, StepState.DONE)
    if facts.application_state == "submitted":
        by = facts.window.review_by if facts.window else None
        return Step(
            "review",
            title,
            StepState.WAITING,
            say(N_("Usually within three working days.")),
            who=say(STAFF),
            by=by,
            link=to_application(facts),
        )
    return Step("review", title, StepState.LOCKED, say(N_("Follows your application.")))


def _payment(facts: HomeFacts) -> Step:
    title = say(N_("Exam fee"))
    if facts.application_state != "approved":
        return Step("payment", title, StepState.LOCKED, say(N_("Falls due when the application is approved.")))
    if facts.fee_settled:
        return Step("payment", title, StepState.DONE, link=Link("fees.mine"))
    return Step(
        "payment",
        title,
        StepState.CURRENT,
        say(N_("Unpaid seats are released.")),
        Link("fees.mine"),
        who=say(LEARNER),
        by=facts.payment_due_at,
    )


def _ticket(facts: HomeFacts) -> Step:
    title = say(N_("Admission ticket"))
    if facts.ticket:
        return Step("ticket", title, StepState.DONE, None, Link("admission.ticket", (("number", facts.ticket),)))
    if facts.application_state == "approved" and facts.fee_settled and facts.window and not has_sat(facts):
        return Step(
            "ticket",
            title,
            StepState.WAITING,
            say(N_("Comes to you by message.")),
            who=say(STAFF),
            by=facts.window.ticket_from,
        )
    if has_sat(facts):
        return Step("ticket", title, StepState.DONE)
    return Step("ticket", title, StepState.LOCKED, say(N_("Follows the registration.")))


def exam_step(facts: HomeFacts) -> Step:
    title = say(N_("Exam"))
    if not facts.bookings or facts.application_state != "approved":
        return Step("exam", title, StepState.LOCKED, say(N_("Follows the registration.")))
    link = to_application(facts)
    if all(one.state in {"present", "absent", "excused", "disqualified"} for one in facts.bookings):
        missed = [one for one in facts.bookings if one.state == "absent"]
        return Step("exam", title, StepState.DONE, say(N_("Marked absent in a part.")) if missed else None, link=link)
    ahead = [one for one in facts.bookings if one.state in {"confirmed", "ticketed", "held"}]
    if ahead and facts.fee_settled:
        soon = min(ahead, key=lambda one: one.starts_at)
        open_now = soon.online and soon.starts_at <= facts.now < soon.ends_at
        return Step(
            "exam",
            title,
            StepState.CURRENT,
            say(N_("The period is running: sit every part before it ends.")) if open_now else None,
            who=say(LEARNER),
            by=soon.ends_at if soon.online else soon.starts_at,
            link=link,
        )
    return Step("exam", title, StepState.LOCKED, say(N_("Follows the registration.")), link=link)


def _result(facts: HomeFacts) -> Step:
    title = say(N_("Results"))
    if facts.published:
        state = StepState.DONE if facts.verdict == "pass" else StepState.FIX
        return Step("result", title, state, _verdict_words(facts.verdict), Link("results.mine"))
    if has_sat(facts) and facts.window:
        return Step(
            "result",
            title,
            StepState.WAITING,
            say(N_("Two people enter and check every mark.")),
            who=say(STAFF),
            by=facts.window.scores_publish_at,
        )
    return Step("result", title, StepState.LOCKED, say(N_("Follow the exam.")))


def _certificate(facts: HomeFacts) -> Step:
    title, state = say(N_("Certificate")), facts.certificate_state
    if state == "issued":
        return Step("certificate", title, StepState.DONE, None, Link("certificates.mine"))
    if not state:
        return Step("certificate", title, StepState.LOCKED, say(N_("Follows a pass in every part.")))
    words = say(facts.certificate_label)
    if state in {"refused", "revoked", "suspended"}:
        return Step("certificate", title, StepState.FIX, words, Link("certificates.mine"), who=say(LEARNER))
    by = at_beijing(facts.window.certificate_expected_on) if facts.window else None
    who = say(BODY) if state == "reported" else say(STAFF)
    return Step("certificate", title, StepState.WAITING, words, Link("certificates.mine"), who=who, by=by)


def may_apply(facts: HomeFacts) -> bool:
    handed_in = not {"draft", "returned"} & {facts.identity, facts.photo}
    return handed_in and facts.enrolled and facts.minutes + facts.pending >= facts.required and facts.window is not None


def has_sat(facts: HomeFacts) -> bool:
    return bool(facts.bookings) and any(one.state in {"present", "absent"} for one in facts.bookings)


def to_application(facts: HomeFacts) -> Link:
    return Link("applications.show", (("reference", facts.application),))


def _verdict_words(verdict: str) -> Words:
    words = {
        "pass": N_("Passed"),
        "partial": N_("Passed in part"),
        "fail": N_("Not passed"),
        "absent": N_("Absent"),
        "excused": N_("Excused"),
        "void": N_("Result void"),
    }
    return say(words.get(verdict, N_("Published")))
