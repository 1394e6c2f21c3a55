"""What must be true for each step of a booking, and of a sitting that is planned. The facts are gathered by the package
that serves the step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from enroll.foundation.actor import Actor
from enroll.foundation.problems import OWN_RECORD, Problem, problem
from enroll.foundation.words import N_


@dataclass(frozen=True)
class BookingFacts:
    """Moments are aware UTC. Each step looks only at the facts it needs; the rest keep their defaults."""

    learner_account_id: int
    now: datetime
    online: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    offer_ends_at: datetime | None = None
    approved: bool = False
    fee_settled: bool = False
    ticket_from: datetime | None = None
    seated: bool = False
    photo_accepted: bool = False
    ticket_version_shown: int | None = None
    ticket_version_now: int | None = None
    identity_confirmed: bool = False
    check_in_from: timedelta = timedelta(minutes=90)
    latest_entry: timedelta = timedelta(minutes=5)
    late_until: datetime | None = None
    late_allowed_by: int | None = None


def may_be_confirmed(facts: BookingFacts) -> Problem | None:
    if not facts.approved:
        return problem("not_approved", N_("The application is not approved."))
    if not facts.fee_settled:
        return problem("fee_not_settled", N_("The exam fee is not settled."), mend="fees.mine")
    return None


def offer_stands(facts: BookingFacts) -> Problem | None:
    """An offer can be accepted until its end, not in the second of it."""
    if facts.offer_ends_at is not None and facts.now < facts.offer_ends_at:
        return None
    return problem("offer_over", N_("This offer ended at %(moment)s; the seat went to the next person on the list."),
                   moment=facts.offer_ends_at)


def is_on_site(facts: BookingFacts) -> Problem | None:
    return problem("online_has_no_ticket", N_("An online part has a confirmation instead of a ticket.")) if (
        facts.online) else None


def ticket_day_has_come(facts: BookingFacts) -> Problem | None:
    if facts.ticket_from is not None and facts.now < facts.ticket_from:
        return problem("ticket_too_early", N_("Tickets are released from %(moment)s."), moment=facts.ticket_from)
    return None


def has_a_seat(facts: BookingFacts) -> Problem | None:
    return None if facts.seated or facts.online else problem(
        "no_seat_yet", N_("Room and seat are not assigned yet."))


def has_an_accepted_photo(facts: BookingFacts) -> Problem | None:
    return None if facts.photo_accepted or facts.online else problem(
        "photo_not_accepted", N_("The photo is not accepted yet."))


def may_check_in(facts: BookingFacts) -> Problem | None:
    """On site: the current ticket, identity and photo confirmed, inside the entry time. Online: inside the period."""
    if facts.starts_at is None or facts.ends_at is None:
        return problem("no_time", N_("The sitting has no time yet."))
    if facts.online:
        return None if facts.starts_at <= facts.now else problem(
            "not_begun", N_("The period begins at %(moment)s."), moment=facts.starts_at)
    if facts.ticket_version_shown is not None and facts.ticket_version_shown != facts.ticket_version_now:
        return problem("old_ticket", N_("This ticket was replaced by version %(version)s; ask for the new one."),
                       version=facts.ticket_version_now)
    if not facts.identity_confirmed:
        return problem("identity_not_confirmed", N_("Compare the photo and the end of the document number first."),
                       field="identity_confirmed")
    if facts.now < facts.starts_at - facts.check_in_from:
        return problem("too_early", N_("Check-in begins at %(moment)s."), moment=facts.starts_at - facts.check_in_from)
    closed_at = facts.starts_at + facts.latest_entry
    if facts.now >= max(closed_at, facts.late_until or closed_at):
        return problem("too_late", N_("Entry closed at %(moment)s. Only a review lead may allow a late entry, with a "
                                      "reason."), moment=closed_at)
    return None


def late_entry_allowed_by_another(facts: BookingFacts, actor: Actor) -> Problem | None:
    """Whoever allows a late entry is not the one who lets in."""
    late = facts.starts_at is not None and facts.now >= facts.starts_at + facts.latest_entry
    if not facts.online and late and actor.account_id is not None and actor.account_id == facts.late_allowed_by:
        return problem("allowed_it_yourself", N_("You allowed this late entry; another person lets them in."))
    return None


def has_a_ticket(facts: BookingFacts) -> Problem | None:
    if facts.online:
        return problem("online_has_no_ticket", N_("An online part has a confirmation instead of a ticket."))
    return None


def is_online(facts: BookingFacts) -> Problem | None:
    return None if facts.online else problem("not_online", N_("This part is taken on site."))


def attendance_is_over(facts: BookingFacts) -> Problem | None:
    if facts.ends_at is not None and facts.now < facts.ends_at:
        return problem("not_over", N_("The sitting ends at %(moment)s; before that nobody is absent."),
                       moment=facts.ends_at)
    return None


def sitting_is_over(facts: BookingFacts) -> Problem | None:
    if facts.ends_at is not None and facts.now < facts.ends_at:
        return problem("sitting_goes_on", N_("The sitting ends at %(moment)s; until then people are let in at the "
                                             "door."), moment=facts.ends_at)
    return None


def actor_is_another_person(facts: BookingFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id == facts.learner_account_id else None


class PassedOver(StrEnum):
    """Why a free seat was not offered to somebody whose turn it was."""

    CLOSED = "closed"
    CLASH = "clash"
    SEATED = "seated"


PASSED_OVER_WORDS = {
    PassedOver.CLOSED: N_("The waiting list was closed for you already: the payment date had passed."),
    PassedOver.CLASH: N_("It takes place at the same time as your other part."),
    PassedOver.SEATED: N_("You have a seat for this part, and the rules allow no second one."),
}


@dataclass(frozen=True)
class Turn:
    """Somebody on a list whose turn it is. `seated` says that they have a seat for this part elsewhere."""

    now: datetime
    list_closes_at: datetime
    seated: bool = False
    may_wait_beside_seat: bool = True
    clashes: bool = False


def why_passed_over(turn: Turn) -> PassedOver | None:
    """Strictly first come, first served: only these reasons let the next person go first."""
    if turn.now >= turn.list_closes_at:
        return PassedOver.CLOSED
    if turn.seated and not turn.may_wait_beside_seat:
        return PassedOver.SEATED
    return PassedOver.CLASH if turn.clashes else None


def offer_ends(now: datetime, hours: int, list_closes_at: datetime) -> datetime:
    """So many hours after the offer, or the payment date, whichever is first."""
    return min(now + timedelta(hours=hours), list_closes_at)


def against_joining(
    *, now: datetime, list_closes_at: datetime, seats_left: int, closed: bool, turn: Turn
) -> tuple[Problem, ...]:
    """Every reason why somebody cannot join the list of a sitting."""
    found = []
    if closed:
        found.append(problem("sitting_closed_list", N_("This sitting takes nobody in any more."), field="sitting"))
    elif seats_left > 0:
        found.append(problem("sitting_has_seats", N_("There is a free seat: take it, there is no list to join."),
                             field="sitting"))
    if now >= list_closes_at:
        found.append(problem("list_closed", N_("The waiting list closed at %(moment)s."), moment=list_closes_at,
                             field="sitting"))
    if turn.seated and not turn.may_wait_beside_seat:
        found.append(problem("list_beside_seat", N_("Whoever has a seat for this part cannot wait for another one."),
                             field="sitting"))
    if turn.clashes:
        found.append(problem("list_clash", N_("It takes place at the same time as your other part."), field="sitting"))
    return tuple(found)


@dataclass(frozen=True)
class SittingPlan:
    """A sitting as somebody plans it. `room_seats` is the sum of the rooms named, None where no room is; `taken` the
    seats already given. The window's days are half-open moments, as everything else."""

    online: bool
    starts_at: datetime
    ends_at: datetime
    minutes: int
    capacity: int
    window_begins_at: datetime
    window_ends_at: datetime
    report_at: datetime | None = None
    room_seats: int | None = None
    taken: int = 0


def plan_faults(plan: SittingPlan) -> tuple[Problem, ...]:
    """Every reason why a sitting cannot stand as planned."""
    checks = (_has_a_length, _gives_the_exam_its_time, _lies_in_the_window, _report_comes_first, capacity_holds)
    return tuple(one for check in checks if (one := check(plan)))


def _has_a_length(plan: SittingPlan) -> Problem | None:
    if plan.starts_at < plan.ends_at:
        return None
    return problem("ends_before_it_starts", N_("The end must come after the start."), field="ends_at")


def _gives_the_exam_its_time(plan: SittingPlan) -> Problem | None:
    if plan.ends_at - plan.starts_at >= timedelta(minutes=plan.minutes):
        return None
    return problem("shorter_than_the_exam", N_("Between start and end there is less time than the exam takes."),
                   field="minutes")


def _lies_in_the_window(plan: SittingPlan) -> Problem | None:
    if plan.window_begins_at <= plan.starts_at and plan.ends_at <= plan.window_ends_at:
        return None
    return problem("outside_the_window", N_("The sitting must lie inside the exam days of its window."),
                   field="starts_at")


def _report_comes_first(plan: SittingPlan) -> Problem | None:
    if plan.online:
        return problem("online_has_no_report_time", N_("An online period has no reporting time."),
                       field="report_at") if plan.report_at else None
    if plan.report_at is not None and plan.report_at >= plan.starts_at:
        return problem("report_after_start", N_("People report before the exam starts."), field="report_at")
    return None


def capacity_holds(plan: SittingPlan) -> Problem | None:
    """Never below what is taken; on site never above the seats of the rooms that are named."""
    if plan.capacity < plan.taken:
        return problem("below_taken", N_("%(taken)s seats are taken already; the number cannot go below that."),
                       field="capacity", taken=plan.taken)
    if plan.room_seats is not None and plan.capacity > plan.room_seats:
        return problem("more_than_the_rooms", N_("The rooms have %(seats)s seats."), field="capacity",
                       seats=plan.room_seats)
    return None


IN_USE = problem("site_in_use", N_("This is in use already."))


def may_be_retired(*, retired: bool, coming: Sequence[str]) -> Problem | None:
    """`coming`: the sittings there that are not over, by their codes."""
    if retired:
        return problem("retired_already", N_("This is retired already."))
    if coming:
        return problem("sittings_to_come", N_("Sittings are still to come here: %(codes)s. Close them and move their "
                                              "people first."), codes=", ".join(coming[:5]))
    return None


def may_have_rooms(*, online: bool, retired: bool) -> Problem | None:
    if online:
        return problem("online_has_no_rooms", N_("An online site has no rooms."))
    return problem("site_retired", N_("This site is retired and takes no new sittings.")) if retired else None


def seats_suffice(*, seats: int, highest: int, short: Sequence[str]) -> Problem | None:
    """`highest`: the highest seat number given out in the room for a sitting to come; `short`: the sittings to come
    whose rooms would have fewer seats than they offer."""
    if seats < highest:
        return problem("below_seat", N_("Seat %(seat)s is given to somebody: the room cannot have fewer."),
                       field="seats", seat=highest)
    if short:
        return problem("below_promised", N_("%(codes)s offer more seats than the rooms would have then. Lower their "
                                            "number first."), field="seats", codes=", ".join(short[:5]))
    return None
