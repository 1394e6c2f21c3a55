"""Two who ask for their verified identity to be corrected: one waits for a verdict, one for whoever carries it out."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from enroll.corrections.queries import details_of
from enroll.corrections.services import approve_correction, request_correction
from enroll.demo.pictures import document
from enroll.demo.supervising import actor_of
from enroll.learners.models import Learner
from enroll.storage.database import db, transaction
from enroll.storage.files import keep_file

HOUR = timedelta(hours=1)


def corrections(until: datetime) -> None:
    """A name with the wrong character on a ticket, and a name that changed in the household register. `until` is the
    demo's first moment."""
    with transaction():
        _asks("tangli", "唐莉", "报名时姓名末字选错，应为“莉”，附身份证。", until - 20 * HOUR)
        changed = _asks("gaopeng", "高朋", "已在户籍部门更名，附户口簿更名页。", until - 44 * HOUR)
        approve_correction(changed, by=actor_of("shenhe2", until), now=until - 3 * HOUR)


def _asks(username: str, name: str, why: str, at: datetime) -> str:
    by = actor_of(username, at)
    learner = db.session.scalars(select(Learner).where(Learner.account_id == by.account_id)).one()
    paper = keep_file(document("front", name, "更名证明（样本）", "2026-11-20"), name="evidence.jpg",
                      media_type="image/jpeg", purpose="correction", now=at, sealed=True, owner_id=by.account_id)
    wanted = replace(details_of(learner), legal_name=name, id_number="")
    return request_correction(learner.id, wanted, why, [paper], by=by, now=at)
