"""What came of the demonstration's exam days: incidents at every stage, and somebody who asks to be excused."""

from datetime import datetime, timedelta

from sqlalchemy import select

from enroll.accounts.models import Account
from enroll.admission.services.excuses import ask_excuse, decide_excuse
from enroll.admission.services.incidents import Report, appeal, decide_incident, report_incident, state_ones_case
from enroll.demo.pictures import document
from enroll.foundation.actor import Actor
from enroll.sittings.models import Booking, Sitting
from enroll.storage.database import db, transaction
from enroll.storage.files import StoredFile, keep_file

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
THEORY, PRACTICAL, ONLINE = "202611-BJ01-T", "202611-BJ01-P", "202611-ONLINE-T"


def incidents(until: datetime) -> None:
    """A telephone that rang: heard, a warning, appealed; somebody away from the camera, not heard yet; and a failure
    of the power that concerned the whole sitting. `until` is the demo's first moment, the day after the exam."""
    officer, lead = _actor("kaowu", until), _actor("zhuguan", until)
    rang, dark = _starts(THEORY) + 40 * MINUTE, _starts(PRACTICAL) + 70 * MINUTE
    reported = until - 15 * HOUR
    with transaction():
        phone = report_incident(
            Report(THEORY, _booking("hejing", THEORY), "device", rang,
                   "考试中手机响铃约 5 秒，本人当场关机，未查看屏幕。", done_about_it="手机由监考员封存，考后归还。"),
            _paper("何静", "考场记录单", officer, reported),
            by=officer, now=reported)
        state_ones_case(phone, "入场时忘记关闭闹钟，没有查看手机，请调取监控核实。", by=_actor("hejing", until),
                        now=until - 12 * HOUR)
        decide_incident(phone, "warning", "携带未关闭的手机进入考场；监控显示未查看屏幕，予以警告。", by=lead,
                        now=until - 4 * HOUR)
        appeal(phone, "入场检查时没有提示存放手机，请求撤销警告。", by=_actor("hejing", until), now=until - 2 * HOUR)
        report_incident(Report(ONLINE, _booking("ouyang", ONLINE), "off_camera", until - 19 * HOUR,
                               "10:42 至 10:45 画面中无人，考试系统记录离屏 3 次。"), by=officer, now=until - 3 * HOUR)
        power = report_incident(Report(PRACTICAL, "", "technical", dark, "机房跳闸 5 分钟，答案已自动保存，无丢失。",
                                       "电工复位", "本场统一延长 5 分钟。"), by=officer, now=reported)
        decide_incident(power, "none", "已统一延长 5 分钟，成绩不受影响。", by=lead, now=until - 4 * HOUR)


def excuses(until: datetime) -> None:
    """Absent from both parts: one request refused for its evidence, one that waits with a better one."""
    learner = _actor("luoyan", until)
    first, second = until - 14 * HOUR, until - HOUR
    with transaction():
        refused = ask_excuse(_booking("luoyan", PRACTICAL), "当天上午突发肠胃炎，下午未能到考。",
                             _paper("罗燕", "挂号单", learner, first), by=learner, now=first)
        decide_excuse(refused, False, "挂号单只显示上午 8 点挂号，没有诊断和日期。请补充病历或诊断证明后再次申请。",
                      by=_actor("zhuguan", until), now=until - 5 * HOUR)
        ask_excuse(_booking("luoyan", THEORY), "11月21日清晨急性肠胃炎，在医院输液至中午，附诊断证明。",
                   _paper("罗燕", "诊断证明", learner, second), by=learner, now=second)


def _paper(name: str, kind: str, by: Actor, now: datetime) -> StoredFile:
    return keep_file(document("front", name, kind, "2026-11-21"), name=f"{kind}.jpg", media_type="image/jpeg",
                     purpose="exam_day", now=now, sealed=True, owner_id=by.account_id)


def _actor(username: str, now: datetime) -> Actor:
    return db.session.scalars(select(Account).where(Account.username == username)).one().actor_at(now)


def _starts(code: str) -> datetime:
    return db.session.scalars(select(Sitting.starts_at).where(Sitting.code == code)).one()


def _booking(username: str, code: str) -> str:
    """The booking's reference of somebody in a sitting."""
    learner = _actor(username, _starts(code)).account_id
    return db.session.scalars(select(Booking.reference).join(Sitting, Sitting.id == Booking.sitting_id).where(
        Sitting.code == code, Booking.learner.has(account_id=learner))).one()
