"""The tables of a window's file: who applied, what was decided by whom, hours, seats, the days, results. They go to a
Chinese inspection, so they are in Chinese whoever asks; numbers of documents are masked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select, union
from sqlalchemy.orm import Session, aliased

from enroll.accounts.models import Account
from enroll.admission.lifecycle import EXCUSE, INCIDENT
from enroll.admission.models import Attendance, AttendancePaper, Excuse, Incident
from enroll.admission.rules.door import RECORDED_NAMES, Recorded
from enroll.admission.rules.incidents import DECISION_NAMES, KIND_NAMES, Decision, Kind
from enroll.applications.lifecycle import APPLICATION
from enroll.applications.models import Accommodation, Application, ApplicationMove, Extension, Outage
from enroll.applications.rules.deadlines import EXTENDED_NAMES, Extended
from enroll.audit.models import AuditEntry
from enroll.desk.rules.acts import words_of_act
from enroll.documents.sheets import Cell, Column
from enroll.foundation.lifecycle import Lifecycle
from enroll.hours.lifecycle import PROOF
from enroll.hours.models import HoursProof
from enroll.learners.models import Learner
from enroll.programmes.models import Window
from enroll.programmes.rules.arrangements import ACCOMMODATION_NAMES
from enroll.results.models import MarkEntry, Publication, Result
from enroll.results.rules.verdicts import VERDICT_LABELS, Verdict
from enroll.sittings.lifecycle import BOOKING, PART_NAMES, Part
from enroll.sittings.models import Booking, ExamRoom, Sitting

WAYS = {"door": "入场核验", "list": "名单导入", "offline": "断网名单", "paper": "签到表补登"}
SOURCES = {"hand": "人工录入", "body": "发证机构成绩文件", "attendance": "按到场状态", "review": "成绩复核"}
TAKEN_OUT = ("export", "download", "print", "list_taken", "roster")
"""What stands in the name of an act by which data left the house."""

Say = Callable[[Any], str]


@dataclass(frozen=True)
class Sheet:
    """One table: the name of its file, what it holds, its columns, its rows."""

    name: str
    holds: str
    columns: tuple[str, ...]
    rows: list[Sequence[Cell]]

    def titled(self) -> list[Column]:
        return [Column(one, 20) for one in self.columns]


def sheets_of(session: Session, window: Window, say: Say) -> Iterator[Sheet]:
    """Every table, one statement each; `say` gives words in Chinese. Before the results are published no mark is in any
    of them."""
    yield Sheet("01-报名名册.xlsx", "本期全部报名及现状",
                ("报名号", "学员编号", "姓名", "证件号码", "科目", "首考或补考", "状态", "提交时间"),
                list(_applications(session, window, say)))
    yield Sheet("02-审核与决定.xlsx", "每件报名的每一步：何时、何人、何种决定、理由",
                ("报名号", "事项", "原状态", "新状态", "时间", "办理人", "理由"),
                list(_decisions(session, window, say)))
    yield Sheet("03-学时证明.xlsx", "报名学员的学时证明及其台账摘要（SHA-256）",
                ("证明编号", "学员编号", "姓名", "分钟数", "状态", "签发时间", "台账摘要"),
                list(_proofs(session, window, say)))
    yield Sheet("04-场次座位与到场.xlsx", "每个科目的场次、考场、座位和到场状态",
                ("编号", "报名号", "姓名", "科目", "场次", "考场", "座位", "状态"),
                list(_bookings(session, window, say)))
    yield Sheet("05-入场与到场记录.xlsx", "入场、开考、缺考、撤销的每一条登记",
                ("编号", "姓名", "事项", "时间", "登记人", "方式", "准考证版本", "补登原因"),
                list(_attendance(session, window, say)))
    yield Sheet("06-异常情况.xlsx", "登记、处理决定与申诉",
                ("编号", "场次", "姓名", "类型", "发生时间", "经过", "登记人", "决定", "处理人", "状态"),
                list(_incidents(session, window, say)))
    yield Sheet("07-缓考.xlsx", "缓考申请与处理结果",
                ("编号", "姓名", "科目", "场次", "说明", "申请时间", "状态"),
                list(_excuses(session, window, say)))
    yield Sheet("08-个案延期.xlsx", "个别学员的延期及理由",
                ("学员编号", "姓名", "截止项目", "延至", "理由", "批准时间", "批准人"),
                list(_extensions(session, window, say)))
    yield Sheet("09-系统故障.xlsx", "报名期间的故障及延期（登记与确认为两人）",
                ("编号", "开始", "结束", "延至", "说明", "登记人", "确认人", "状态"),
                list(_outages(session, window, say)))
    yield Sheet("10-便利措施.xlsx", "批准的便利措施（不含健康信息）",
                ("编号", "报名号", "姓名", "措施", "延长分钟", "批准时间", "批准人"),
                list(_accommodations(session, window, say)))
    yield Sheet("11-成绩录入与核对.xlsx", "每份成绩由哪些人录入、核对；公布前不含分数",
                ("成绩编号", "姓名", "科目", "结论", "成绩", "来源", "录入与核对"),
                list(_results(session, window, say)))
    yield Sheet("12-经手人员.xlsx", "本期报名、座位、场次上有操作的人员",
                ("姓名", "操作次数", "首次", "末次"),
                list(_people(session, window, say)))
    yield Sheet("13-数据调取记录.xlsx", "从系统带出本期数据的操作",
                ("时间", "人员", "事项", "对象"),
                list(_taken_out(session, window, say)))


def _label(say: Say, lifecycle: Lifecycle, state: str) -> str:
    return say(lifecycle.label(state).staff) if state else ""


def _part(say: Say, code: str) -> str:
    return say(PART_NAMES[Part(code)])


def _applications(session: Session, window: Window, say: Say) -> Iterator[Sequence[Cell]]:
    wanted = select(Application, Learner).join(Learner, Learner.id == Application.learner_id).where(
        Application.window_id == window.id).order_by(Application.reference)
    for one, learner in session.execute(wanted):
        yield (one.reference, learner.reference, learner.legal_name, learner.id_number_mask,
               "、".join(_part(say, part) for part in one.parts), "补考" if one.resit else "首考",
               _label(say, APPLICATION, one.state), one.submitted_at)


def _decisions(session: Session, window: Window, say: Say) -> Iterator[Sequence[Cell]]:
    wanted = select(Application.reference, ApplicationMove).join(
        Application, Application.id == ApplicationMove.record_id).where(Application.window_id == window.id)
    for reference, one in session.execute(wanted.order_by(Application.reference, ApplicationMove.id)):
        move = APPLICATION.moves.get(one.move)
        yield (reference, say(move.label) if move else "开始报名", _label(say, APPLICATION, one.from_state),
               _label(say, APPLICATION, one.to_state), one.made_at, one.made_by_name, one.reason)


def _proofs(session: Session, window: Window, say: Say) -> Iterator[Sequence[Cell]]:
    applied = select(Application.enrolment_id).where(Application.window_id == window.id)
    wanted = select(HoursProof, Learner).join(Learner, Learner.id == HoursProof.learner_id).where(
        HoursProof.enrolment_id.in_(applied)).order_by(HoursProof.reference)
    for one, learner in session.execute(wanted):
        yield (one.reference, learner.reference, learner.legal_name, one.minutes, _label(say, PROOF, one.state),
               one.issued_at, one.ledger_digest)


def _of_window(*columns: Any) -> Select[Any]:
    return select(*columns).select_from(Booking).join(Learner, Learner.id == Booking.learner_id).join(
        Sitting, Sitting.id == Booking.sitting_id)


def _bookings(session: Session, window: Window, say: Say) -> Iterator[Sequence[Cell]]:
    wanted = _of_window(Booking, Learner.legal_name, Sitting.code, ExamRoom.code).outerjoin(
        ExamRoom, ExamRoom.id == Booking.room_id).where(Booking.window_id == window.id)
    for one, name, sitting, room in session.execute(wanted.order_by(Sitting.code, Booking.seat_no, Booking.id)):
        yield (one.reference, one.subject, name, _part(say, one.part), sitting, room, one.seat_no,
               _label(say, BOOKING, one.state))


def _attendance(session: Session, window: Window, say: Say) -> Iterator[Sequence[Cell]]:
    wanted = _of_window(Booking.reference, Learner.legal_name, Attendance, AttendancePaper.reason).join(
        Attendance, Attendance.booking_id == Booking.id).outerjoin(
        AttendancePaper, AttendancePaper.attendance_id == Attendance.id).where(Booking.window_id == window.id)
    for reference, name, one, reason in session.execute(wanted.order_by(Attendance.id)):
        yield (reference, name, say(RECORDED_NAMES[Recorded(one.what)]), one.at, one.recorded_by_name,
               WAYS.get(one.source, one.source), one.ticket_version, reason)


def _incidents(session: Session, window: Window, say: Say) -> Iterator[Sequence[Cell]]:
    reporter, decider = aliased(Account), aliased(Account)
    wanted = select(Incident, Sitting.code, Learner.legal_name, reporter.name, decider.name).join(
        Sitting, Sitting.id == Incident.sitting_id).outerjoin(Learner, Learner.id == Incident.learner_id).join(
        reporter, reporter.id == Incident.reported_by_id).outerjoin(
        decider, decider.id == Incident.decided_by_id).where(Sitting.window_id == window.id)
    for one, sitting, name, by, decided_by in session.execute(wanted.order_by(Incident.id)):
        yield (one.reference, sitting, name or "全场", say(KIND_NAMES[Kind(one.kind)]), one.happened_at,
               one.what, by, say(DECISION_NAMES[Decision(one.decision)]) if one.decision else "", decided_by,
               _label(say, INCIDENT, one.state))


def _excuses(session: Session, window: Window, say: Say) -> Iterator[Sequence[Cell]]:
    wanted = _of_window(Excuse, Learner.legal_name, Booking.part, Sitting.code).join(
        Excuse, Excuse.booking_id == Booking.id).where(Booking.window_id == window.id)
    for one, name, part, sitting in session.execute(wanted.order_by(Excuse.id)):
        yield (one.reference, name, _part(say, part), sitting, one.words, one.asked_at, _label(say, EXCUSE, one.state))


def _extensions(session: Session, window: Window, say: Say) -> Iterator[Sequence[Cell]]:
    wanted = select(Extension, Learner, Account.name).join(Learner, Learner.id == Extension.learner_id).join(
        Account, Account.id == Extension.granted_by_id).where(Extension.window_id == window.id)
    for one, learner, by in session.execute(wanted.order_by(Extension.id)):
        yield (learner.reference, learner.legal_name, say(EXTENDED_NAMES[Extended(one.name)]), one.until,
               one.reason, one.granted_at, by)


def _outages(session: Session, window: Window, say: Say) -> Iterator[Sequence[Cell]]:
    """Those that fell between the opening and the last day of the window."""
    reporter, decider = aliased(Account), aliased(Account)
    wanted = select(Outage, reporter.name, decider.name).join(reporter, reporter.id == Outage.reported_by_id).outerjoin(
        decider, decider.id == Outage.decided_by_id).where(
        Outage.ended_at > window.opens_at, Outage.began_at < window.scores_publish_at)
    for one, by, decided_by in session.execute(wanted.order_by(Outage.id)):
        yield (one.reference, one.began_at, one.ended_at, one.extends_to, one.what, by, decided_by,
               "已确认" if one.decided_by_id else "待确认")


def _accommodations(session: Session, window: Window, say: Say) -> Iterator[Sequence[Cell]]:
    wanted = select(Accommodation, Application.reference, Learner.legal_name, Account.name).join(
        Application, Application.id == Accommodation.application_id).join(
        Learner, Learner.id == Accommodation.learner_id).outerjoin(
        Account, Account.id == Accommodation.decided_by_id).where(
        Application.window_id == window.id, Accommodation.state == "granted")
    for one, reference, name, by in session.execute(wanted.order_by(Accommodation.id)):
        yield (one.reference, reference, name, "、".join(say(ACCOMMODATION_NAMES[code]) for code in one.granted),
               one.granted_minutes, one.decided_at, by)


def _results(session: Session, window: Window, say: Say) -> Iterator[Sequence[Cell]]:
    published = session.scalar(select(Publication.id).where(Publication.window_id == window.id)) is not None
    by_result: dict[int, list[str]] = {}
    entries = select(MarkEntry, Account.name).join(Account, Account.id == MarkEntry.made_by_id).join(
        Result, Result.id == MarkEntry.result_id).join(Booking, Booking.id == Result.booking_id).where(
        Booking.window_id == window.id)
    for one, name in session.execute(entries.order_by(MarkEntry.id)):
        by_result.setdefault(one.result_id, []).append(f"{('录入', '核对', '裁决')[one.entry_no - 1]} {name}")
    wanted = _of_window(Result, Learner.legal_name, Booking.part).join(Result, Result.booking_id == Booking.id).where(
        Booking.window_id == window.id)
    for one, name, part in session.execute(wanted.order_by(Result.id)):
        verdict = say(VERDICT_LABELS[Verdict(one.verdict)].staff) if published and one.verdict else ""
        mark = one.mark / 10 if published and one.mark is not None else None
        yield (one.reference, name, _part(say, part), verdict, mark, SOURCES.get(one.source, one.source),
               "；".join(by_result.get(one.id, ())))


def _subjects(window: Window) -> Any:
    """The references of everything that belongs to a window."""
    return union(select(Application.reference).where(Application.window_id == window.id),
                 select(Booking.reference).where(Booking.window_id == window.id),
                 select(Sitting.code).where(Sitting.window_id == window.id),
                 select(Window.code).where(Window.id == window.id))


def _people(session: Session, window: Window, say: Say) -> Iterator[Sequence[Cell]]:
    learners = select(Learner.account_id).join(Application, Application.learner_id == Learner.id).where(
        Application.window_id == window.id)
    first: Any = func.min(AuditEntry.at)
    wanted = select(AuditEntry.actor_name, func.count(), first, func.max(AuditEntry.at)).where(
        AuditEntry.subject.in_(_subjects(window)), AuditEntry.actor_id.is_not(None),
        AuditEntry.actor_id.not_in(learners)).group_by(AuditEntry.actor_id, AuditEntry.actor_name).order_by(
        AuditEntry.actor_name)
    for row in session.execute(wanted):
        yield tuple(row)


def _taken_out(session: Session, window: Window, say: Say) -> Iterator[Sequence[Cell]]:
    named = or_(*(AuditEntry.act.contains(one) for one in TAKEN_OUT))
    wanted = select(AuditEntry).where(AuditEntry.subject.in_(_subjects(window)), named).order_by(AuditEntry.seq)
    for one in session.scalars(wanted):
        yield (one.at, one.actor_name, say(words_of_act(one.act)), one.subject)

