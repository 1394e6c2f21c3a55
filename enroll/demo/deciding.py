"""What waits for staff about hours: a dispute, claims, an entry by hand, study that looks unusual. A few acts through
the services, at the end of loading."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.accounts.models import Account
from enroll.courses.queries.lessons import LessonKey
from enroll.courses.queries.plan import study_overview
from enroll.courses.rules.timing import Beat
from enroll.courses.services.disputes import dispute_stretch
from enroll.courses.services.study import hear, start_session
from enroll.demo.pictures import sheet
from enroll.demo.supervising import actor_of, studying
from enroll.enrolments.models import Enrolment
from enroll.foundation.clock import local_day
from enroll.hours.models import UncountedTime
from enroll.hours.rules.adjusting import Adjustment
from enroll.hours.rules.claims import Claim, ClaimedCourse, ClaimUnit
from enroll.hours.services.adjusting import enter_minutes
from enroll.hours.services.claims import claim_hours, decide_claim
from enroll.learners.models import Learner
from enroll.storage.database import transaction
from enroll.storage.files import StoredFile, keep_file

DAY = timedelta(days=1)
G1 = ClaimedCourse("G1", "AI职场通识", "general")


def decide_hours(until: datetime) -> None:
    """Play it; `until` is the demo's first moment."""
    names = [name for name in studying() if name != "newcomer"]
    with transaction() as session:
        _claims(session, names[0], names[-1], until)
        _entries(session, names[1], until)
        _a_stretch(session, names[2], until - 2 * DAY)


def _claims(session: Session, first: str, second: str, until: datetime) -> None:
    today = local_day(until)
    told = Claim("示例授权培训中心", "P-0311", today - 40 * DAY, today - 31 * DAY, 8, ClaimUnit.COURSE_HOURS,
                 "knowledge", G1, "单位统一组织，附学习证明。")
    theirs, others = _enrolment(session, first), _enrolment(session, second)
    whole = _file(theirs, until, f"机构  {told.partner}  {told.partner_code}", f"课程  {G1.title}",
                  f"日期  {told.studied_from:%Y-%m-%d} 至 {told.studied_until:%Y-%m-%d}",
                  f"学时  {told.amount}（每学时45分钟）")
    claim_hours(theirs.id, told, [whole], by=actor_of(first, until), now=until - 2 * DAY)
    other = Claim("示例职业学校", "", today - 60 * DAY, today - 59 * DAY, 180, ClaimUnit.MINUTES, "knowledge", G1)
    undated = _file(others, until, f"机构  {other.partner}", f"课程  {G1.title}", f"分钟  {other.amount}")
    reference = claim_hours(others.id, other, [undated], by=actor_of(second, until), now=until - 5 * DAY)
    decide_claim(reference, "return", by=actor_of("shenhe1", until), now=until - 4 * DAY,
                 reason="证明上看不到日期，请补拍完整的一页。")


def _entries(session: Session, learner: str, until: datetime) -> None:
    what = Adjustment(405, "knowledge", G1.code, G1.title, G1.section, "企业内训两天", local_day(until) - 9 * DAY,
                      "签到表为纸质，已核对名单。")
    enrolment = _enrolment(session, learner)
    signed = _file(enrolment, until, f"内容  {what.title}", f"分钟  {what.minutes}", "签到  上午、下午两天均已签到")
    enter_minutes(enrolment.id, what, signed, by=actor_of("jiaowu", until), now=until - DAY)


def _a_stretch(session: Session, learner: str, at: datetime) -> None:
    """An evening whose time signals are too even, with a gap that its learner disputes."""
    me, enrolment = actor_of(learner, at), _enrolment(session, learner)
    key = _open_lesson(session, enrolment)
    if key is None:
        return
    opened = start_session(key, by=me, now=at, browser="Mozilla/5.0 (Linux; Android 14) Mobile", device="phone")
    for number in range(1, 27):
        hear(opened.token, _beat(number, opened.policy.video_seconds), by=me, now=at + timedelta(seconds=30 * number))
    hear(opened.token, Beat(99, False), by=me, now=at + timedelta(seconds=26 * 30 + 240), leaving=True)
    session.flush()
    stretch = session.scalar(select(UncountedTime.id).where(
        UncountedTime.session_token == opened.token, UncountedTime.reason == "gap"))
    if stretch is not None:
        dispute_stretch(stretch, "地铁里信号断了，页面一直开着。", None, by=me, now=at + timedelta(hours=1))


def _beat(number: int, film: int) -> Beat:
    if not film:
        return Beat(number, True, present=True)
    return Beat(number, True, present=True, media_from=30_000 * (number - 1), media_to=30_000 * number)


def _open_lesson(session: Session, enrolment: Enrolment) -> LessonKey | None:
    plan = study_overview(session, enrolment.id).plan
    found = next((one for one in plan if one.content in ("reading", "video") and not one.studied and not one.is_done
                  and one.minutes >= 20), None)
    return None if found is None else LessonKey(found.course_code, found.code)


def _enrolment(session: Session, username: str) -> Enrolment:
    wanted = select(Enrolment).join(Learner, Learner.id == Enrolment.learner_id).join(
        Account, Account.id == Learner.account_id).where(Account.username == username)
    return session.scalars(wanted.order_by(Enrolment.id.desc())).first() or _none(username)


def _none(username: str) -> Enrolment:
    raise LookupError(username)


def _file(enrolment: Enrolment, now: datetime, *lines: str) -> StoredFile:
    """A printed record of what somebody studied elsewhere."""
    content = sheet("学习证明", (f"姓名  {enrolment.learner.legal_name}", *lines))
    return keep_file(content, name="学习证明.jpg", media_type="image/jpeg", purpose="hour_claim", now=now, sealed=True)
