"""What the review desk has to show beside its cases: a reason worded anew, a note, a second opinion that is asked for.
Spot checks come by themselves, by lot."""

from datetime import datetime, timedelta

from sqlalchemy import select

from enroll.accounts.models import Account
from enroll.applications.lifecycle import ApplicationState
from enroll.applications.models import Application
from enroll.applications.services.colleagues import add_note, ask_opinion
from enroll.applications.services.excepting import decide_exception, propose_exception
from enroll.demo.supervising import actor_of
from enroll.enrolments.rules import Exceptable
from enroll.learners.models import Learner
from enroll.learners.rules.reasons import ReasonWords
from enroll.learners.services.reasons import word_anew
from enroll.storage.database import db

HOUR = timedelta(hours=1)
TOLD = "zhangwei"  # the tour approves this case: nothing may hold it up


def review(until: datetime) -> None:
    """Play it; `until` is the demo's first moment."""
    _exceptions(until)
    words = ReasonWords(
        "照片背景不是白色", "Photo background is not white", "请换用纯白背景的照片重新上传。",
        "Upload a photo with a plain white background.", "站在白墙前，光线均匀，身后没有影子。",
        "Stand before a white wall in even light, without a shadow behind you.")
    word_anew("photo", "photo_background", "return", words, why="学员常问什么样算纯白背景",
              by=actor_of("zhuguan", until), now=until - 30 * HOUR)
    waiting = select(Application.reference).join(Learner, Learner.id == Application.learner_id).join(
        Account, Account.id == Learner.account_id).where(
        Application.state == ApplicationState.SUBMITTED, Account.username != TOLD)
    reference = db.session.scalar(waiting.order_by(Application.id.desc()).limit(1))
    if reference is None:
        return
    reviewer = actor_of("shenhe2", until)
    add_note(reference, "已电话联系本人，确认手机号和工作单位无误。", by=reviewer, now=until - 3 * HOUR)
    ask_opinion(reference, "证件照与身份证人像发型差别较大，请看是否为同一人。", by=reviewer, now=until - 2 * HOUR)


def _exceptions(until: datetime) -> None:
    """One that was granted, and one that waits for a second person."""
    lead, other, day = actor_of("zhuguan", until), actor_of("zhuguan2", until), until - 20 * HOUR
    learners = db.session.scalars(select(Learner.reference).join(Account, Account.id == Learner.account_id).where(
        Account.username.in_(["sunxiao", "mahao"])).order_by(Learner.id)).all()
    for place, learner in enumerate(learners):
        reason = "学历认证仍在办理，单位证明从事相关工作五年。" if place else "大专在读最后一学期，学校已出具证明。"
        proposal = propose_exception(learner, "202703", Exceptable.EDUCATION, reason, by=lead, now=day + place * HOUR)
        if not place:
            decide_exception(proposal, "grant", reason="证明已核对。", by=other, now=day + 3 * HOUR)
