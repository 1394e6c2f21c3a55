"""The ten steps to the certificate: how each stands, who acts now, by when."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

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
    by: datetime | date | None = None


class Making:
    """A step of one key and title in each of its standings. Who acts follows from it: on what is to be done or mended
    the learner, on what is waited for the office, unless another is named."""

    def __init__(self, key: str, title: Words, link: Link | None = None):
        self.key, self.title, self.link = key, title, link

    def done(self, note: Words | None = None) -> Step:
        return Step(self.key, self.title, StepState.DONE, note, self.link)

    def locked(self, note: Words) -> Step:
        return Step(self.key, self.title, StepState.LOCKED, note)

    def fix(self, note: Words, by: datetime | None = None) -> Step:
        return Step(self.key, self.title, StepState.FIX, note, self.link, say(LEARNER), by)

    def current(self, note: Words | None = None, by: datetime | None = None, *, link: Link | None = None) -> Step:
        return Step(self.key, self.title, StepState.CURRENT, note, link or self.link, say(LEARNER), by)

    def waiting(self, note: Words, by: datetime | date | None = None, *, who: str = STAFF) -> Step:
        return Step(self.key, self.title, StepState.WAITING, note, self.link, say(who), by)


def journey(facts: HomeFacts) -> tuple[Step, ...]:
    """The ten steps, in order; every step that is not done says who acts or what it waits for."""
    made = (_signed_up, _identity, _hours, _apply, _review, _payment, _ticket, exam_step, _result, _certificate)
    return tuple(make(facts) for make in made)


def _signed_up(facts: HomeFacts) -> Step:
    return Making("sign_up", say(N_("Sign up"))).done()


def _identity(facts: HomeFacts) -> Step:
    step = Making("identity", say(N_("Identity and photo")), Link("learners.identity"))
    states = (facts.identity, facts.photo)
    if "returned" in states:
        return step.fix(say(N_("Something needs a correction.")))
    if states == ("verified", "verified"):
        return step.done()
    if "draft" in states:
        return step.current(say(N_("Legal name, document, photo and consents.")))
    if facts.guardian_open:
        return step.current(say(N_("Your guardian still has to acknowledge.")))
    return step.waiting(say(N_("Handed in, being checked.")))


def _hours(facts: HomeFacts) -> Step:
    title = say(N_("Course hours"))
    if facts.required:
        title = say(N_("%(hours)s course hours"), hours=shown_hours(facts.required, facts.unit))
    step = Making("hours", title, Link("hours.mine"))
    if facts.proof:
        return step.done(say(N_("Proof %(number)s is issued."), number=facts.proof))
    if not facts.enrolled:
        return step.current(say(N_("Enrol on the programme first.")), link=Link("programmes.comparison"))
    if facts.minutes >= facts.required and facts.identity != "verified" and not facts.hours_missing:
        words = say(N_("Complete; the proof follows when your identity is verified."))
        missing = facts.identity in {"draft", "returned"}
        return step.current(words, link=Link("learners.identity")) if missing else step.waiting(words)
    so_far = say(N_("%(hours)s hours credited."), hours=shown_hours(facts.minutes, facts.unit))
    if facts.pending:
        so_far = say(N_("%(hours)s hours credited, %(pending)s waiting for a decision."),
                     hours=shown_hours(facts.minutes, facts.unit), pending=shown_hours(facts.pending, facts.unit))
    return step.current(so_far, link=Link("courses.study"))


def _apply(facts: HomeFacts) -> Step:
    step = Making("apply", say(N_("Apply for an exam window")), to_application(facts))
    closes_at = facts.window.closes_at if facts.window else None
    if facts.application_state == "returned":
        return step.fix(say(N_("Returned for correction.")), facts.correct_by)
    if facts.application_state in {"submitted", "approved"} and facts.unseated:
        place = next((one.position for one in facts.bookings if one.position), None)
        words = say(N_("On the waiting list, number %(number)s"), number=place) if place else None
        return step.waiting(words or say(N_("One part has no seat yet.")))
    if facts.application_state in {"submitted", "approved"}:
        return step.done(say(N_("Application %(reference)s."), reference=facts.application))
    if facts.application_state == "draft":
        return step.current(say(N_("A draft is kept; submit it.")), closes_at)
    if not ready_to_apply(facts):
        return step.locked(say(N_("Opens when your hours and identity are handed in.")))
    if not facts.registration_is_open:
        return step.locked(next_registration(facts))
    return step.current(None, closes_at, link=Link("applications.begin"))


def _review(facts: HomeFacts) -> Step:
    if facts.application_state == "approved":
        return Making("review", say(N_("Review"))).done()
    step = Making("review", say(N_("Review")), to_application(facts))
    if facts.application_state == "submitted":
        by = facts.review_due_at or (facts.window.review_by if facts.window else None)
        return step.waiting(say(N_("Usually within three working days.")), by)
    return step.locked(say(N_("Follows your application.")))


def _payment(facts: HomeFacts) -> Step:
    step = Making("payment", say(N_("Exam fee")), Link("fees.mine"))
    if facts.application_state != "approved":
        return step.locked(say(N_("Falls due when the application is approved.")))
    if facts.fee_settled:
        return step.done()
    if facts.unseated:
        return step.locked(say(N_("Falls due as soon as every part has its seat.")))
    return step.current(say(N_("Unpaid seats are released.")), facts.payment_due_at)


def _ticket(facts: HomeFacts) -> Step:
    link = Link("admission.ticket", (("number", facts.ticket),)) if facts.ticket else None
    step = Making("ticket", say(N_("Admission ticket")), link)
    if facts.ticket or has_sat(facts):
        return step.done()
    if facts.application_state == "approved" and facts.fee_settled and facts.window:
        return step.waiting(say(N_("Comes to you by message.")), facts.window.ticket_from)
    return step.locked(say(N_("Follows the registration.")))


def exam_step(facts: HomeFacts) -> Step:
    step = Making("exam", say(N_("Exam")), to_application(facts))
    follows = step.locked(say(N_("Follows the registration.")))
    if not facts.bookings or facts.application_state != "approved":
        return follows
    if all(one.state in {"present", "absent", "excused", "disqualified"} for one in facts.bookings):
        missed = next((one for one in facts.bookings if one.state == "absent"), None)
        if missed is None:
            return step.done()
        if facts.published:
            return step.done(say(N_("Marked absent in a part.")))
        step = Making("exam", say(N_("Exam")), Link("admission.booking", (("reference", missed.reference),)))
        return step.done(say(N_("Marked absent in a part. If illness or the like kept you away, this page says until "
                                "when you can ask to be excused.")))
    ahead = [one for one in facts.bookings if one.state in {"confirmed", "ticketed", "held"}]
    if not ahead or not facts.fee_settled:
        return follows
    to_sit = [one for one in ahead if facts.now < one.ends_at]
    if not to_sit:
        return step.waiting(say(N_("The exam is over; the exam office is recording who was there.")))
    soon = min(to_sit, key=lambda one: one.starts_at)
    running = soon.starts_at <= facts.now
    words = say(N_("The period is running: sit every part before it ends.")) if running and soon.online else None
    return step.current(words, soon.ends_at if running or soon.online else soon.starts_at)


def _result(facts: HomeFacts) -> Step:
    step = Making("result", say(N_("Results")), Link("results.mine"))
    if facts.published:
        words = _verdict_words(facts.verdict)
        return step.done(words) if facts.verdict == "pass" else step.fix(words)
    if has_sat(facts) and facts.window:
        return step.waiting(say(N_("Two people enter and check every mark.")), facts.window.scores_publish_at)
    return step.locked(say(N_("Follow the exam.")))


def _certificate(facts: HomeFacts) -> Step:
    step, state = Making("certificate", say(N_("Certificate")), Link("certificates.mine")), facts.certificate_state
    if state == "issued":
        return step.done()
    if not state:
        return step.locked(say(N_("Follows a pass in every part.")))
    words = say(facts.certificate_label)
    if state in {"refused", "revoked", "suspended"}:
        return step.fix(words)
    window = facts.window
    if state == "reported":
        return step.waiting(words, window.certificate_expected_on if window else None, who=BODY)
    return step.waiting(words, window.roster_to_issuer_by if window else None)


def ready_to_apply(facts: HomeFacts) -> bool:
    """Whether everything that the learner has to bring for an application is there."""
    handed_in = not {"draft", "returned"} & {facts.identity, facts.photo}
    return handed_in and facts.enrolled and facts.minutes + facts.pending >= facts.required


def next_registration(facts: HomeFacts) -> Words:
    """From when one can apply."""
    if facts.window is None or facts.window.closes_at <= facts.now:
        return say(N_("The dates of the next window are not published yet."))
    return say(N_("Registration for window %(code)s opens %(moment)s."), code=facts.window.code,
               moment=facts.window.opens_at)


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
