"""What a learner may do after a result: the resit that is offered, with its date and fee, and whose the rules are."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from enroll.learners.models import Learner
from enroll.programmes.models import Window
from enroll.programmes.queries.programmes import rules_at
from enroll.programmes.queries.windows import next_window_for
from enroll.programmes.rules.figures import Rule
from enroll.programmes.rules.windows import Lane, closes_at
from enroll.results.lifecycle import ResultState
from enroll.results.models import Result
from enroll.sittings.lifecycle import Part
from enroll.sittings.models import Booking
from enroll.sittings.queries import has_sat_before, missing_parts


@dataclass(frozen=True)
class ResitOffer:
    """The next window that can be reached, what is missing in it, and what that costs (fen)."""

    window: Window
    opens_at: datetime
    closes_at: datetime
    parts: tuple[Part, ...]
    fee_fen: int
    is_open: bool


def learner_of(session: Session, account_id: int) -> Learner | None:
    return session.scalar(select(Learner).where(Learner.account_id == account_id))


def resit_offer(session: Session, learner_id: int, programme_id: int, now: datetime) -> ResitOffer | None:
    """None where nothing is missing, nothing was sat, or no window is planned."""
    window = next_window_for(session, now, lane=Lane.RESIT)
    if window is None or window.programme_id != programme_id:
        return None
    parts = missing_parts(session, learner_id, programme_id, window.code)
    if not parts or not has_sat_before(session, learner_id, programme_id, window.code):
        return None
    fees = window.agreed.fees
    return ResitOffer(window, window.opens_at, closes_at(window.dates, Lane.RESIT), parts,
                      sum(fees.get(f"resit_{part}", 0) for part in parts), window.opens_at <= now)


def pass_mark_rules(session: Session, window: Window) -> dict[str, Rule | None]:
    """Where the pass marks of a window come from: part -> the dated figure with its source."""
    rules = rules_at(session, window.programme.code, window.agreed.ruled_on)
    return {str(part): rules.rule(f"pass_mark.{part}") for part in Part}


def published_result(session: Session, learner_id: int, reference: str) -> Result | None:
    """A learner's own result that is public; another's, or one on its way, is simply not found."""
    return session.scalar(select(Result).where(
        Result.reference == reference, Result.learner_id == learner_id, Result.state == ResultState.PUBLISHED
    ).options(joinedload(Result.booking).joinedload(Booking.window)))


def learners_to_tell(session: Session, window_id: int) -> int:
    """How many people a publication concerns."""
    wanted = select(func.count(Result.learner_id.distinct())).join(Booking, Booking.id == Result.booking_id).where(
        Booking.window_id == window_id, Result.state != ResultState.SUPERSEDED
    )
    return session.scalar(wanted) or 0
