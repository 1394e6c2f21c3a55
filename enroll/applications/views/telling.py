"""An application in the learner's words: where it stands, what comes next, what happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from enroll.applications.lifecycle import ApplicationState
from enroll.applications.models import Application, ApplicationMove, ReturnedItem
from enroll.applications.queries.corrections import corrections_of, examples_of
from enroll.applications.queries.facts import BEGUN
from enroll.applications.queries.openings import stands_against_beginning
from enroll.applications.queries.own import Position, unseated_parts
from enroll.applications.queries.parts import Past, past_of
from enroll.applications.queries.versions import content_now, newest_version
from enroll.applications.rules.items import ANSWERED, ITEM_NAMES, Item, in_order
from enroll.applications.rules.next_step import Next, Where, next_of
from enroll.applications.rules.versions import changes_between
from enroll.foundation.lifecycle import StateLabel
from enroll.foundation.words import N_, Words, say
from enroll.programmes.rules.working_days import days_left
from enroll.sittings.lifecycle import BookingState
from enroll.storage.database import db
from enroll.web.language import language, translate
from enroll.web.layout import mending_address

OVER = {ApplicationState.REJECTED, ApplicationState.WITHDRAWN, ApplicationState.EXPIRED, ApplicationState.CANCELLED}
# What a learner reads for each move; a move that is not here is the office's own affair.
MOVE_WORDS: dict[str, tuple[str, str]] = {
    "begin": (N_("Application begun"), ""),
    "submit": (N_("Application submitted"), ""),
    "return": (N_("Returned for correction"), "warn"),
    "resubmit": (N_("Corrected and submitted again"), ""),
    "approve": (N_("Application approved"), "ok"),
    "approve_resit": (N_("Application approved"), "ok"),
    "reject": (N_("Application not approved"), "bad"),
    "reopen_on_appeal": (N_("Appeal taken up"), "warn"),
    "withdraw": (N_("Application withdrawn"), ""),
    "give_up": (N_("Registration given up"), ""),
    "transfer": (N_("Transferred to a later window"), "ok"),
    "transfer_for_cause": (N_("Transferred to a later window by the office"), "ok"),
    "cancel": (N_("Registration cancelled by the office"), "bad"),
    "cancel_window": (N_("Exam window cancelled"), "bad"),
    "lapse_draft": (N_("Not submitted before registration closed"), ""),
    "lapse_correction": (N_("Not corrected in time"), "bad"),
    "lapse_unpaid": (N_("Not paid in time"), "bad"),
    "revive": (N_("Paid after the deadline; the seat was still free and is yours again"), "ok"),
    "reinstate_draft": (N_("Brought back: its deadline fell into an outage"), "ok"),
    "reinstate_returned": (N_("Brought back: its deadline fell into an outage"), "ok"),
    "reinstate_approved": (N_("Brought back: its deadline fell into an outage"), "ok"),
    "lapse_unseated": (N_("No seat came free before the waiting lists closed"), "bad"),
}
OWN = {"begin", "submit", "resubmit", "withdraw", "give_up", "transfer"}
# The page on which each item is put right; items answered in words are put right on the correction page itself.
MENDED_ON = {
    Item.PHOTO: "learners.photo", Item.ID_DOCUMENT: "learners.document", Item.NAME: "learners.details",
    Item.GUARDIAN: "learners.guardian",
}

FIELDS_OF = {
    Item.NAME: ("legal_name", "latin_name"), Item.ID_DOCUMENT: ("id_type", "id_number", "birth_date", "sex"),
    Item.EDUCATION: ("education",),
}


@dataclass(frozen=True)
class Step:
    """The next step as the page shows it."""

    title: Words
    text: Words
    href: str
    action: Words | None
    due: datetime | None
    days_left: int | None


@dataclass(frozen=True)
class Card:
    """One application in the list."""

    reference: str
    window: str
    resit: bool
    label: StateLabel
    step: Step
    href: str


@dataclass(frozen=True)
class Event:
    title: str
    at: datetime
    who: Words
    kind: str
    note: str = ""


@dataclass(frozen=True)
class Sentence:
    """A returned or rejected item: what, and the reviewer's words."""

    item: str
    words: str
    example: str = ""


@dataclass(frozen=True)
class CorrectionRow:
    """One returned item: what is wrong, whether it is put right, and where."""

    item: str
    name: str
    words: str
    mended: bool
    page: str
    answered: bool
    changes: Sequence[tuple[str, str, str]] = ()
    new_photo: bool = False
    example: str = ""


def next_step_of(
    standing: Position, now: datetime, past: Past | None = None, filled_in_by: str = "", gone_on: str = ""
) -> Step:
    """`past` where the page has read it; `filled_in_by` who of staff waits for the learner's signature;
    `gone_on` the application it goes on as."""
    application = standing.application
    if gone_on:
        return Step(say(N_("It goes on in a later window")), say(N_("What comes next stands with the application "
                    "there.")), url_for("applications.show", reference=gone_on), say(N_("Look at the application")),
                    None, None)
    found = next_of(_where(standing, now, past, filled_in_by))
    due = found.due
    return Step(found.title, found.text, _address(found, application, standing), found.action, due,
                days_left(due, now) if due else None)


def card_of(standing: Position, now: datetime, past: Past | None) -> Card:
    one = standing.application
    return Card(one.reference, one.window.code, one.resit, standing.label, next_step_of(standing, now, past),
                url_for("applications.show", reference=one.reference))


def timeline_of(moves: Sequence[ApplicationMove], account_id: int) -> list[Event]:
    """What happened, newest first, in the words of the learner behind this account; the office's own steps are left
    out."""
    return [
        Event(title, one.made_at, _who(one, account_id) if one.move in OWN else say(N_("Exam office")),
              "now" if place == 0 and not kind else kind, one.reason if one.move in {"withdraw", "give_up"} else "")
        for place, (one, (title, kind)) in enumerate(
            (one, MOVE_WORDS[one.move]) for one in moves if one.move in MOVE_WORDS)
    ]


def _who(move: ApplicationMove, account_id: int) -> Words:
    """Oneself, or a member of staff whom one asked for it."""
    if move.made_by_id == account_id:
        return say(N_("You"))
    return say(N_("%(name)s, on your behalf"), name=move.made_by_name)


def sentences(items: Sequence[ReturnedItem]) -> list[Sentence]:
    """Returned or rejected items in the reviewer's words, with an example where there is one."""
    examples = _examples(items)
    return [Sentence(ITEM_NAMES[Item(one.item)], one.words, examples.get(one.id, "")) for one in items]


def names_in_order(items: Sequence[ReturnedItem]) -> list[str]:
    return [ITEM_NAMES[item] for item in in_order({one.item for one in items})]


def _examples(items: Sequence[ReturnedItem]) -> dict[int, str]:
    zh = language() == "zh"
    return {number: found[0] if zh else found[1] for number, found in examples_of(db.session(), items).items()}


def correction_rows(
    application: Application, answers: Mapping[str, str], items: Sequence[ReturnedItem]
) -> list[CorrectionRow]:
    """Each returned item and how it stands, the page that puts it right, and what differs from what was submitted."""
    session = db.session()
    then = newest_version(session, application.id)
    changed = changes_between(then.content, content_now(session, application)) if then is not None else ()
    examples = _examples(items)
    return [
        CorrectionRow(
            one.row.item, ITEM_NAMES[Item(one.row.item)], one.row.words, one.mended,
            MENDED_ON.get(Item(one.row.item), ""), one.row.item in ANSWERED,
            [(translate(change.label), change.old, change.new) for change in changed
             if change.kind == "field" and change.name in FIELDS_OF.get(Item(one.row.item), ())],
            any(change.kind == "file" and change.name == "photo" for change in changed),
            examples.get(one.row.id, ""),
        )
        for one in corrections_of(session, application, answers, items)
    ]


def _where(standing: Position, now: datetime, past: Past | None, filled_in_by: str = "") -> Where:
    application, lane = standing.application, standing.dates.lane
    offer = next((one for one in standing.bookings if one.state == BookingState.OFFERED), None)
    unseated = unseated_parts(application, standing.bookings) if application.state != ApplicationState.DRAFT else ()
    return Where(
        application.state, settled=standing.settled, reopened=standing.last_move == "reopen",
        closes_at=lane.closes_at, review_due_at=application.review_due_at, correct_by=application.correct_by,
        payment_due_at=application.payment_due_at, ticket_from=application.window.ticket_from,
        payer=application.fee_payer, filled_in_by=filled_in_by,
        ready_to_submit=set(application.chosen) == set(application.parts),
        sat=sat(standing), scores_publish_at=application.window.scores_publish_at,
        scores_due=now >= application.window.scores_publish_at,
        offer_ends_at=offer.offer_ends_at if offer else None, unseated=bool(unseated), position=next((
            one.position for one in standing.places.values() if one.position and one.booking.part in unseated), None),
        may_apply_again=application.state in OVER and _may_apply_again(application, now, past),
    )


def sat(standing: Position) -> bool:
    """Whether every part is over for this person, whatever came of it."""
    begun = {one.part for one in standing.bookings if one.state in BEGUN}
    return bool(begun) and begun >= set(standing.application.parts)


def _may_apply_again(application: Application, now: datetime, past: Past | None) -> bool:
    past = past or past_of(db.session(), application.learner_id)
    return not stands_against_beginning(past, application.enrolment, application.window, now)


def _address(found: Next, application: Application, standing: Position) -> str:
    if not found.page or found.action is None:
        return ""
    if found.page == "seats.accept":
        offered = next(one.reference for one in standing.bookings if one.state == BookingState.OFFERED)
        return url_for(found.page, reference=offered)
    values: dict[str, Any] = {}
    if found.page == "applications.begin":
        values = {"window": application.window.code}
    elif found.page.startswith("applications.") and found.page != "applications.mine":
        values = {"reference": application.reference}
    if not values and not found.page.startswith("applications."):
        return mending_address(found.page)
    return url_for(found.page, **values)
