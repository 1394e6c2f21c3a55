"""An application goes on in a later window 转期: the new seats are taken first, then the old ones given back, with fee
and decision, in one transaction or not at all."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from enroll.applications.lifecycle import APPLICATION, ApplicationState
from enroll.applications.models import Application, ReturnedItem, Transfer
from enroll.applications.queries.applicant import Standing, standing_of
from enroll.applications.queries.corrections import open_items
from enroll.applications.queries.dates import correction_deadline, payment_deadline
from enroll.applications.queries.transfers import record_of, target_in, transfer_facts
from enroll.applications.rules.parts import fee_items
from enroll.applications.rules.transfers import FeeEffect, fee_effect
from enroll.applications.services.accommodations import take_along
from enroll.applications.services.colleagues import close_opinion
from enroll.applications.services.drafting import against_choice
from enroll.applications.services.freezing import freeze
from enroll.applications.services.money import amount_by_terms
from enroll.applications.services.reviewing import let_it_be_paid
from enroll.applications.services.submitting import moved
from enroll.audit.moves import begin, expect_version, make_move
from enroll.enrolments.models import Enrolment
from enroll.fees.queries.fees import fee_for
from enroll.fees.services.raising import carry_fee, void_fee
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NotFound, Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.programmes.models import Window
from enroll.programmes.queries.windows import window_by_code
from enroll.programmes.rules.eligibility import stands_against_approving, stands_against_submitting
from enroll.sittings.lifecycle import WAITING
from enroll.sittings.queries import live_bookings_of
from enroll.sittings.rules import BookingFacts
from enroll.sittings.services.seats import carrying_out, hold_seats, leave_list, move_booking
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction


@dataclass(frozen=True)
class Effects:
    """What a transfer does to the fee, told before it is confirmed. `amount_fen` is what goes along, or what falls due
    in the new window, by `due_at` (None where that is not known yet); `refund_until` is when the full refund of what
    was paid ends afterwards, None where nothing was paid."""

    fee: FeeEffect
    amount_fen: int
    due_at: datetime | None
    refund_until: datetime | None

    @property
    def told(self) -> str:
        """What the page has shown, in short: a transfer that would do something else by now is refused."""
        return f"{self.fee}:{self.amount_fen}:{self.refund_until.isoformat() if self.refund_until else ''}"


def effects_of(session: Session, application: Application, window: Window, now: datetime) -> Effects:
    """What going on in this window would do now; nothing is changed."""
    fee = fee_for(session, application.reference)
    effect = fee_effect(fee.state if fee else None, fee.paid_fen if fee else 0)
    if fee is not None and effect is FeeEffect.CARRIED:
        over = now >= application.refund_ends_at
        until = application.refund_ends_at if over else window.withdraw_full_refund_until
        return Effects(effect, fee.paid_fen or fee.amount_fen, None, until if fee.paid_fen else None)
    there = _as_it_was(application, window, {}, ())
    due = payment_deadline(session, there, now) if application.state == ApplicationState.APPROVED else None
    return Effects(effect, amount_by_terms(window, fee_items(application.parts, resit=application.resit)), due, None)


def transfer(
    reference: str, window_code: str, chosen: Mapping[str, str], *, wait_for: Collection[str] = (), told: str = "",
    by: Actor, now: datetime, reason: str = "", seen_version: int | None = None,
) -> str:
    """Let an application go on in a later window with these sittings (part -> code); gives the new reference. In the
    parts of `wait_for` a full sitting is waited for. By the learner within the programme's limits, or by a lead for a
    cause. It goes on as it stood: under review, to be corrected, or approved.

    Raises Refused with every reason: the limits, the window, a rule that is not met there, a full sitting, or effects
    that are other ones than the page has `told`. Then nothing has changed.
    """
    with transaction() as session:
        application = lock(session, Application, Application.reference == reference)
        expect_version(application, seen_version)
        lock(session, Enrolment, Enrolment.id == application.enrolment_id)  # as beginning an application does
        window = window_by_code(session, window_code)
        if window is None:
            raise NotFound("Window")
        state, effects = application.state, effects_of(session, application, window, now)
        record = record_of(session, application)
        own = by.account_id == application.learner.account_id
        there = _as_it_was(application, window, chosen, wait_for)
        standing = standing_of(session, application.enrolment, window, ruled_at=application.submitted_at or now)
        move = "transfer" if own else "transfer_for_cause"
        make_move(session, APPLICATION, application, move, by=by, now=now,
                  facts=transfer_facts(session, application, record, now, by_office=not own), reason=reason,
                  window=window_code)
        against = [*target_in(application, window, record, now).problems, *_unmet(standing, state),
                   *against_choice(session, there, chosen, wait_for)]
        if told and told != effects.told:
            against.append(EFFECTS_CHANGED)
        if against:
            raise Refused(against)
        _go_on(session, application, there, standing, state, effects, by=by, now=now)
        close_opinion(session, application, now=now)
        _note(session, application, there, effects, record.number + own, by=by, now=now, reason=reason)
        outbox.record(session, moved(application, move), now)
        return there.reference


EFFECTS_CHANGED = problem("effects_changed", N_("What a transfer does to your fee is something else by now. Look at it "
                                                "again before you confirm."))


def _go_on(
    session: Session, application: Application, there: Application, standing: Standing, state: str, effects: Effects,
    *, by: Actor, now: datetime,
) -> None:
    there.reference = next_reference(session, "A", group=there.window.code[2:])
    begin(session, APPLICATION, there, by=by, now=now, into=ApplicationState(state), transferred=application.reference)
    hold_seats(list(there.chosen.values()), there.learner_id, there.reference, resit=there.resit, by=by, now=now,
               or_wait_in=[there.chosen[part] for part in there.waiting or ()])
    _give_back_seats(session, application, by, now)
    freeze(session, there, standing, now=now)
    if state == ApplicationState.RETURNED:
        _go_on_correcting(session, application, there, now)
    if effects.fee is FeeEffect.CARRIED:
        carry_fee(application.reference, there.reference, by=by, now=now)
        if effects.refund_until is not None and effects.refund_until <= now:
            there.full_refund_until = effects.refund_until
    else:
        void_fee(application.reference, now=now, reason="transfer")
    if state == ApplicationState.APPROVED:
        let_it_be_paid(session, there, by=by, now=now)


def _as_it_was(
    application: Application, window: Window, chosen: Mapping[str, str], wait_for: Collection[str]
) -> Application:
    """The application of the later window, not written yet: what was decided and when stays true of it."""
    one = application
    return Application(
        learner_id=one.learner_id, learner=one.learner, programme_id=one.programme_id, enrolment_id=one.enrolment_id,
        enrolment=one.enrolment, window_id=window.id, window=window, resit=one.resit, parts=list(one.parts),
        chosen={part: chosen.get(part, "") for part in one.parts},
        waiting=[part for part in one.parts if part in wait_for] or None, fee_payer=one.fee_payer,
        begun_at=one.begun_at,  # the declaration that was signed for it stands for what goes on
        submitted_at=one.submitted_at, review_due_at=one.review_due_at, decided_at=one.decided_at,
        decided_by_id=one.decided_by_id, first_reviewer_id=one.first_reviewer_id, flagged=one.flagged,
    )


def _unmet(standing: Standing, state: str) -> tuple[Problem, ...]:
    """The rules that are not met in the later window, by its first day. A returned application is returned for what is
    not met: that is put right there."""
    if state == ApplicationState.RETURNED:
        return ()
    return stands_against_approving(standing.answers) if state == ApplicationState.APPROVED else (
        stands_against_submitting(standing.rules, standing.answers))


def _give_back_seats(session: Session, application: Application, by: Actor, now: datetime) -> None:
    """After the new seats are taken: seats go to whoever waits for them, places in lists end."""
    facts, actor = BookingFacts(application.learner.account_id, now), carrying_out(by)
    for booking in sorted(live_bookings_of(session, application.reference), key=lambda one: one.sitting_id):
        if booking.state in WAITING:
            leave_list(booking.reference, facts=facts, by=actor, now=now, reason="transfer")
        else:
            move_booking(booking.reference, "transfer", facts=facts, by=actor, now=now)


def _go_on_correcting(session: Session, application: Application, there: Application, now: datetime) -> None:
    for one in open_items(session, application.id):
        session.add(ReturnedItem(application_id=there.id, version_number=1, item=one.item, words=one.words,
                                 reason_code=one.reason_code, outcome=one.outcome, returned_at=one.returned_at))
    there.correct_by, there.warned = correction_deadline(session, there, now), ""
    session.flush()


def _note(
    session: Session, application: Application, there: Application, effects: Effects, number: int, *, by: Actor,
    now: datetime, reason: str,
) -> None:
    application.claimed_by_id = application.claimed_until = None
    take_along(session, application.id, there.id)
    session.add(Transfer(from_id=application.id, to_id=there.id, fee=str(effects.fee), number=number, reason=reason,
                         made_at=now, made_by_id=by.account_id))
    session.flush()
