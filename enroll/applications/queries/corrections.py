"""What was returned, and what of it is put right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from enroll.applications.models import Application, ReturnedItem
from enroll.applications.queries.people import check_states, consents_in_force, guardian_has_acknowledged
from enroll.applications.rules.items import ANSWERED, OF_IDENTITY, Item
from enroll.learners.lifecycle import CheckState
from enroll.learners.queries.reasons import reasons_by_code
from enroll.learners.rules.texts import COMMITMENT

NOT_HANDED_IN = frozenset({CheckState.DRAFT, CheckState.RETURNED})


@dataclass(frozen=True)
class Correction:
    """A returned item, and whether it is put right by now: on its own page, or by the answer that is given."""

    row: ReturnedItem
    mended: bool


def returned_items(session: Session, application_id: int, *, outcome: str = "return") -> Sequence[ReturnedItem]:
    """Every item ever returned (or named in a rejection), oldest first."""
    wanted = select(ReturnedItem).where(ReturnedItem.application_id == application_id, ReturnedItem.outcome == outcome)
    return session.scalars(wanted.order_by(ReturnedItem.id)).all()


def open_items(session: Session, application_id: int) -> Sequence[ReturnedItem]:
    """The items of the present return that no submission has answered yet."""
    return [one for one in returned_items(session, application_id) if one.mended_at is None]


def examples_of(session: Session, items: Sequence[ReturnedItem]) -> dict[int, tuple[str, str]]:
    """How it looks when it is right, Chinese and English, by the item's id, where the library has an example and the
    reviewer's words do not give it already."""
    library = reasons_by_code(session, {one.reason_code for one in items}) if items else {}
    found = {one.id: library.get((one.item, one.reason_code)) for one in items}
    return {one.id: (reason.example_zh, reason.example_en) for one in items
            if (reason := found[one.id]) is not None and reason.example_zh
            and reason.example_zh not in one.words and reason.example_en not in one.words}


def items_open(session: Session, application_id: int) -> int:
    wanted = select(func.count(ReturnedItem.id)).where(
        ReturnedItem.application_id == application_id, ReturnedItem.outcome == "return",
        ReturnedItem.mended_at.is_(None),
    )
    return session.scalar(wanted) or 0


def corrections_of(
    session: Session, application: Application, answers: Mapping[str, str] | None = None,
    items: Sequence[ReturnedItem] | None = None,
) -> list[Correction]:
    """How each returned item stands; `answers` are those being given now, `items` where they have been read."""
    return [Correction(row, _is_mended(session, application, row, answers or {}))
            for row in (open_items(session, application.id) if items is None else items)]


def _is_mended(session: Session, application: Application, row: ReturnedItem, answers: Mapping[str, str]) -> bool:
    if row.item in ANSWERED:
        return bool(answers.get(row.item, "").strip())
    if row.item == Item.GUARDIAN:
        return guardian_has_acknowledged(session, application.learner_id)
    if row.item == Item.DECLARATION:
        signed = consents_in_force(session, application.learner_id, row.returned_at).get(COMMITMENT)
        return signed is not None and signed.given_at > row.returned_at
    check = "identity" if row.item in OF_IDENTITY else "photo"
    return check_states(session, application.learner_id)[check] not in NOT_HANDED_IN
