"""What staff did about the certificates of September: two reviewers, a refusal, a hold, batches to the body."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from enroll.certificates.models import Certificate
from enroll.certificates.services.cases import approve_first, approve_second, hold, refuse
from enroll.demo.body import reply_to
from enroll.demo.stories import LearnerStory, at
from enroll.exchange.models import Batch
from enroll.exchange.rules.batches import BatchKind
from enroll.exchange.services.batches import freeze_batch, make_batch, send_batch
from enroll.exchange.services.replies import apply_reply, check_reply
from enroll.foundation.actor import Actor
from enroll.storage.database import db

Do = Callable[[datetime], None]
Planned = tuple[datetime, str, Do]
ActorAt = Callable[[str, datetime], Actor]
ONCE, TWICE = {"first_approved", "reported", "issued"}, {"issued"}
FIRST_BATCH, SECOND_BATCH, REPLY = date(2026, 11, 3), date(2026, 11, 16), date(2026, 11, 18)


def certificate_events(staff: ActorAt, stories: Sequence[LearnerStory]) -> Iterator[Planned]:
    for story in stories:
        state = story.stage["certificate"]
        if state in ONCE:
            yield at(date(2026, 10, 26), 10), f"{story.username}: first approval", partial(_first, staff, story)
        if state in TWICE:
            yield at(date(2026, 10, 27), 15), f"{story.username}: second approval", partial(_second, staff, story)
        if state == "reported":
            yield at(date(2026, 11, 10), 11), f"{story.username}: second approval", partial(_second, staff, story)
        if state == "refused":
            yield at(date(2026, 10, 28), 16), f"{story.username}: refused", partial(_refuse, staff, story)
        if state == "on_hold":
            yield at(date(2026, 11, 7), 10), f"{story.username}: on hold", partial(_hold, staff, story)
    numbers = {one.one["name"]: one.stage["certificate_no"] for one in stories if one.stage["certificate_no"]}
    yield at(FIRST_BATCH, 14), "a batch to the body", partial(_report, staff)
    yield at(SECOND_BATCH, 14), "a batch to the body", partial(_report, staff)
    yield at(REPLY, 9, 30), "the body's reply", partial(_take_reply, staff, numbers)


def _first(staff: ActorAt, story: LearnerStory, now: datetime) -> None:
    approve_first(_case_of(story), by=staff("fazheng1", now), now=now)


def _second(staff: ActorAt, story: LearnerStory, now: datetime) -> None:
    approve_second(_case_of(story), by=staff("fazheng2", now), now=now)


def _refuse(staff: ActorAt, story: LearnerStory, now: datetime) -> None:
    told: dict[str, Any] = story.stage["refusal"]
    refuse(_case_of(story), told["reason"], told["words"], by=staff("fazheng1", now), now=now)


def _hold(staff: ActorAt, story: LearnerStory, now: datetime) -> None:
    hold(_case_of(story), reason="成绩复核尚未答复，答复后再审", by=staff("fazheng1", now), now=now)


def _report(staff: ActorAt, now: datetime) -> None:
    liaison = staff("shangbao", now)
    reference = make_batch(BatchKind.ISSUANCE, "202609", by=liaison, now=now)
    freeze_batch(reference, by=liaison, now=now)
    send_batch(reference, by=liaison, now=now)


def _take_reply(staff: ActorAt, numbers: dict[str, str], now: datetime) -> None:
    """The first batch comes back with its numbers; the second is still with the body."""
    session, liaison = db.session(), staff("shangbao", now)
    first = session.scalars(select(Batch.reference).where(Batch.kind == BatchKind.ISSUANCE).order_by(Batch.id)).first()
    name, content = reply_to(session, str(first), numbers)
    staged = check_reply(BatchKind.ISSUANCE, content, file_name=name, batch=str(first), by=liaison, now=now)
    apply_reply(staged.token, by=liaison, now=now)


def _case_of(story: LearnerStory) -> str:
    wanted = select(Certificate.reference).where(Certificate.learner_id == story.joining.learner_id)
    found = db.session.scalars(wanted.order_by(Certificate.id.desc())).first()
    return str(found)
