"""The life of a booking 考位, from the held seat to the exam. Its facts are gathered, and its pages served, by
applications before the exam and by admission on the day."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.foundation.lifecycle import Lifecycle, Move, StateLabel, sources
from enroll.foundation.words import N_
from enroll.sittings.rules import (
    actor_is_another_person,
    attendance_is_over,
    has_a_seat,
    has_a_ticket,
    has_an_accepted_photo,
    is_on_site,
    is_online,
    late_entry_allowed_by_another,
    may_be_confirmed,
    may_check_in,
    offer_stands,
    sitting_is_over,
    ticket_day_has_come,
)


class BookingState(StrEnum):
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    HELD = "held"
    CONFIRMED = "confirmed"
    TICKETED = "ticketed"
    PRESENT = "present"
    ABSENT = "absent"
    EXCUSED = "excused"
    DISQUALIFIED = "disqualified"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    MOVED = "moved"


class Part(StrEnum):
    THEORY = "theory"
    PRACTICAL = "practical"


class PartVerdict(StrEnum):
    """What a publication says about one part."""

    PASS = "pass"
    FAIL = "fail"
    ABSENT = "absent"
    EXCUSED = "excused"
    VOID = "void"


PART_NAMES = {Part.THEORY: N_("Theory exam"), Part.PRACTICAL: N_("Practical assessment")}

S = BookingState
# What takes a seat. A person who sat keeps it; a lapsed, cancelled or moved booking has given it back.
TAKES_SEAT = frozenset({S.OFFERED, S.HELD, S.CONFIRMED, S.TICKETED, S.PRESENT, S.ABSENT, S.EXCUSED, S.DISQUALIFIED})
LIVE = TAKES_SEAT | {S.WAITLISTED}
WAITING = frozenset({S.WAITLISTED, S.OFFERED})  # a place in a list, and what comes of it
SEATED = TAKES_SEAT - {S.OFFERED}  # a seat of one's own, no longer only offered
BY_ANOTHER = (actor_is_another_person,)

BOOKING = Lifecycle(
    "Booking",
    states=S,
    first=S.HELD,
    moves=[
        Move("offer", N_("Offer the seat"), sources(S.WAITLISTED), S.OFFERED, Permission.SYSTEM),
        Move("accept", N_("Accept the seat"), sources(S.OFFERED), S.HELD, Permission.APPLY, checks=(offer_stands,)),
        Move("confirm", N_("Confirm"), sources(S.HELD), S.CONFIRMED, Permission.SYSTEM, checks=(may_be_confirmed,)),
        Move("release_ticket", N_("Release the ticket"), sources(S.CONFIRMED), S.TICKETED, Permission.RUN_EXAMS,
             checks=(is_on_site, ticket_day_has_come, has_a_seat, has_an_accepted_photo), person_checks=BY_ANOTHER),
        Move("check_in", N_("Check in"), sources(S.TICKETED), S.PRESENT, Permission.RUN_EXAMS,
             checks=(may_check_in,), person_checks=(*BY_ANOTHER, late_entry_allowed_by_another)),
        # After the end, from the signed sheet: the door had no device, or somebody was marked absent wrongly.
        Move("record_present", N_("Record present from the signed sheet"), sources(S.TICKETED, S.ABSENT), S.PRESENT,
             Permission.RUN_EXAMS, checks=(has_a_ticket, sitting_is_over), person_checks=BY_ANOTHER, asks_reason=True),
        Move("start", N_("Started online"), sources(S.CONFIRMED), S.PRESENT, Permission.RUN_EXAMS,
             checks=(may_check_in,), person_checks=BY_ANOTHER),
        Move("mark_absent", N_("Mark absent"), sources(S.TICKETED, S.CONFIRMED), S.ABSENT, Permission.RUN_EXAMS,
             checks=(attendance_is_over,), person_checks=BY_ANOTHER),
        Move("undo_attendance", N_("Undo the attendance"), sources(S.PRESENT, S.ABSENT), S.TICKETED,
             Permission.RUN_EXAMS, checks=(has_a_ticket,), person_checks=BY_ANOTHER, asks_reason=True),
        # Online there is no ticket to go back to: the booking is registered again, as before the start.
        Move("undo_online", N_("Undo the attendance"), sources(S.PRESENT, S.ABSENT), S.CONFIRMED,
             Permission.RUN_EXAMS, checks=(is_online,), person_checks=BY_ANOTHER, asks_reason=True),
        Move("excuse", N_("Excuse"), sources(S.CONFIRMED, S.TICKETED, S.ABSENT), S.EXCUSED, Permission.LEAD_REVIEW,
             person_checks=BY_ANOTHER, asks_reason=True),
        Move("disqualify", N_("Disqualify"), sources(S.PRESENT), S.DISQUALIFIED, Permission.LEAD_REVIEW,
             person_checks=BY_ANOTHER, asks_reason=True, danger=True),
        # An appeal that succeeds takes the disqualification back.
        Move("reinstate", N_("Take the disqualification back"), sources(S.DISQUALIFIED), S.PRESENT,
             Permission.LEAD_REVIEW, person_checks=BY_ANOTHER, asks_reason=True),
        Move("change", N_("Change the sitting"), sources(S.HELD, S.CONFIRMED), S.MOVED, Permission.APPLY),
        # The office does the same for everybody of a sitting that closes.
        Move("relocate", N_("Move to another sitting"), sources(S.HELD, S.CONFIRMED), S.MOVED,
             Permission.MANAGE_WINDOWS, asks_reason=True),
        # The application moved to a later window; what it allowed is carried out here.
        Move("transfer", N_("Transfer to a later window"), sources(S.HELD, S.CONFIRMED), S.MOVED, Permission.SYSTEM),
        Move("cancel", N_("Cancel the booking"),
             sources(S.WAITLISTED, S.OFFERED, S.HELD, S.CONFIRMED, S.TICKETED), S.CANCELLED, Permission.SYSTEM),
        Move("lapse", N_("Lapse"), sources(S.WAITLISTED, S.OFFERED, S.HELD), S.LAPSED, Permission.SYSTEM),
    ],
    labels={
        S.WAITLISTED: StateLabel(N_("On the waiting list"), N_("On the waiting list"), "wait", "hourglass"),
        S.OFFERED: StateLabel(N_("Seat offered"), N_("A seat is free: confirm it"), "wait", "hourglass"),
        S.HELD: StateLabel(N_("Seat held"), N_("Seat held"), "info", "clock"),
        S.CONFIRMED: StateLabel(N_("Registered"), N_("Registered"), "ok", "circle-check"),
        S.TICKETED: StateLabel(N_("Ticket released"), N_("Ticket ready to print"), "info", "printer"),
        S.PRESENT: StateLabel(N_("Present"), N_("Sat the exam"), "ok", "circle-check"),
        S.ABSENT: StateLabel(N_("Absent"), N_("Absent"), "mute", "ban"),
        S.EXCUSED: StateLabel(N_("Excused"), N_("Excused"), "mute", "clock"),
        S.DISQUALIFIED: StateLabel(N_("Disqualified"), N_("Result void (disciplinary)"), "bad", "ban"),
        S.LAPSED: StateLabel(N_("Released"), N_("Seat released"), "mute", "x"),
        S.CANCELLED: StateLabel(N_("Booking cancelled"), N_("Booking cancelled"), "mute", "x"),
        S.MOVED: StateLabel(N_("Moved"), N_("Moved to another sitting"), "mute", "x"),
    },
)
