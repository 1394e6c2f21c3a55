"""Learners who may be one person: found by what they share, left out once a person has decided about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased, joinedload

from enroll.accounts.models import Account
from enroll.learners.models import DoubleVerdict, Guardian, Learner, LearnerFile
from enroll.learners.rules.doubles import DoubleOutcome, Shared
from enroll.storage.files import StoredFile

MOST = 200


@dataclass
class Pair:
    """Two learners, the earlier record first, and what they share that nobody has decided about."""

    first: Learner
    second: Learner
    shared: list[Shared] = field(default_factory=list)


def told_apart(one: Any, other: Any, why: Shared) -> ColumnElement[bool]:
    """Whether two learners who share this were found to be two people, as the newest verdict says."""
    verdict, later = aliased(DoubleVerdict), aliased(DoubleVerdict)
    return exists().where(
        or_(and_(verdict.first_id == one, verdict.second_id == other),
            and_(verdict.first_id == other, verdict.second_id == one)),
        verdict.why == str(why), verdict.outcome == str(DoubleOutcome.TWO_PEOPLE),
        ~exists().where(later.first_id == verdict.first_id, later.second_id == verdict.second_id,
                        later.why == verdict.why, later.id > verdict.id))


def suspected(session: Session, *, learner_id: int | None = None, at_most: int = MOST) -> list[Pair]:
    """Pairs that nobody has decided about, the newest record first; of one learner where told."""
    rows = session.execute(_undecided(learner_id).limit(at_most)).all()
    people = _people(session, {one for row in rows for one in row[:2]})
    pairs: dict[tuple[int, int], Pair] = {}
    for first, second, why in rows:
        pair = pairs.setdefault((first, second), Pair(people[first], people[second]))
        if Shared(why) not in pair.shared:
            pair.shared.append(Shared(why))
    return list(pairs.values())


def shared_by(session: Session, first_id: int, second_id: int) -> list[Shared]:
    """What two learners share that nobody has decided about."""
    rows = session.execute(_undecided(first_id)).all()
    return [Shared(why) for first, second, why in rows if {first, second} == {first_id, second_id}]


def verdicts_about(session: Session, first_id: int, second_id: int) -> Sequence[DoubleVerdict]:
    """What was decided about two learners, the newest first."""
    low, high = sorted((first_id, second_id))
    wanted = select(DoubleVerdict).where(DoubleVerdict.first_id == low, DoubleVerdict.second_id == high)
    return session.scalars(wanted.order_by(DoubleVerdict.id.desc())).all()


def pictures_of(session: Session, *learner_ids: int) -> dict[int, dict[str, StoredFile]]:
    """The pictures in force of some learners, by kind."""
    wanted = select(LearnerFile).where(LearnerFile.learner_id.in_(learner_ids), LearnerFile.replaced_at.is_(None),
                                       LearnerFile.kind != "photo_source")
    found: dict[int, dict[str, StoredFile]] = {one: {} for one in learner_ids}
    for row in session.scalars(wanted):
        found[row.learner_id][row.kind] = row.file
    return found


def _undecided(learner_id: int | None) -> Select[Any]:
    shared = union_all(*(_of(learner_id, *one) for one in _questions())).subquery()
    decided = exists().where(DoubleVerdict.first_id == shared.c.first_id, DoubleVerdict.second_id == shared.c.second_id,
                             DoubleVerdict.why == shared.c.why)
    wanted = select(shared.c.first_id, shared.c.second_id, shared.c.why).distinct().where(~decided)
    return wanted.order_by(shared.c.second_id.desc(), shared.c.first_id, shared.c.why)


def _questions() -> list[tuple[Shared, Any, Any, tuple[Any, ...]]]:
    """What is shared, the two records' ids, and how they are found."""
    a, b = aliased(Learner), aliased(Learner)
    c, d = aliased(Learner), aliased(Learner)
    mine, others = aliased(LearnerFile), aliased(LearnerFile)
    my_file, other_file = aliased(StoredFile), aliased(StoredFile)
    ward, owner = aliased(Learner), aliased(Learner)
    in_force = (mine.replaced_at.is_(None), others.replaced_at.is_(None), mine.kind != "photo_source",
                others.kind != "photo_source")
    return [
        (Shared.NAME, a.id, b.id, (a.legal_name == b.legal_name, a.birth_date == b.birth_date, a.legal_name != "")),
        (Shared.LATIN_NAME, c.id, d.id,
         (func.upper(c.latin_name) == func.upper(d.latin_name), c.birth_date == d.birth_date, c.latin_name != "")),
        (Shared.PICTURE, mine.learner_id, others.learner_id,
         (my_file.id == mine.file_id, other_file.id == others.file_id, my_file.sha256 == other_file.sha256, *in_force)),
        (Shared.ADDRESS, ward.id, owner.id,
         (Guardian.learner_id == ward.id, owner.account_id == Account.id,
          or_(Guardian.address == Account.phone, Guardian.address == Account.email_key))),
    ]


def _of(learner_id: int | None, why: Shared, one: Any, other: Any, how: tuple[Any, ...]) -> Select[Any]:
    """One kind of sharing, each pair once with the earlier record first."""
    if why is Shared.ADDRESS:  # the guardian's ward may be either record
        first, second = _lower(one, other), _higher(one, other)
        order = one != other
    else:
        first, second, order = one, other, one < other
    wanted = select(first.label("first_id"), second.label("second_id"), literal(str(why)).label("why")).where(
        order, *how)
    return wanted if learner_id is None else wanted.where(or_(one == learner_id, other == learner_id))


def _lower(one: Any, other: Any) -> Any:
    return case((one < other, one), else_=other)


def _higher(one: Any, other: Any) -> Any:
    return case((one < other, other), else_=one)


def _people(session: Session, ids: set[int]) -> dict[int, Learner]:
    wanted = select(Learner).where(Learner.id.in_(ids)).options(joinedload(Learner.account))
    return {one.id: one for one in session.scalars(wanted)} if ids else {}
