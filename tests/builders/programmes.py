"""A programme with every figure, the days that are worked, and windows with all their dates."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from enroll.foundation.clock import SHANGHAI
from enroll.programmes.models import FeeItem, Holiday, Organisation, Programme, ProgrammeRule, Window, Workday
from enroll.programmes.rules.figures import ProgrammeRules, Rule
from enroll.programmes.rules.reading import programme_rules
from enroll.programmes.rules.terms import WindowTerms
from enroll.programmes.rules.windows import WindowDates
from enroll.storage.database import transaction
from tests.worlds import built_once

RULED_ON = date(2026, 1, 1)
FIGURES: dict[str, Any] = {
    "self_sign_up_min_age": 14, "guardian_until_age": 18,
    "hour_unit_minutes": 45, "required_hours": 35, "min_practice_hours": 12, "directions_required": 1,
    "directions": [
        {"code": code, "name": {"zh": zh, "en": en}, "summary": {"zh": "面向岗位。", "en": "For these posts."},
         "roles": [{"zh": "专员", "en": "Assistant"}], "path": [], "minutes": 225}
        for code, zh, en in (("D1", "办公与运营提效", "Office and operations"),
                             ("D2", "数据分析与经营决策", "Data analysis and decisions"),
                             ("D3", "客户关系管理与营销服务", "CRM and customer service"))
    ],
    "max_credited_hours_per_day": 8, "hours_external_max": None, "dispute_days": 14, "manual_alone_hours": 8,
    "unusual_study": {
        "beats_least": 20, "beats_spread_ms": 20, "night_from": 0, "night_until": 5, "night_minutes": 120,
        "takeovers_a_day": 3, "seconds_a_question": 3},
    "live_attendance_percent": 90, "practice_working_days": 3, "offline_seconds": 300,
    "hours_at_submit": "credited_and_pending",
    "study_before_payment": False, "max_playback_rate": 1.0, "allow_seek_forward_first_view": False,
    "presence_check_minutes": [20, 30], "presence_check_timeout_seconds": 180,
    "presence_check_none_up_to_minutes": 15, "heartbeat_seconds": 30, "single_device": True,
    "pass_mark.theory": 60, "pass_mark.practical": 60, "pass_mark.full": 100, "mark_scale": 10, "mark_step": 1,
    "keep_passed_subject_windows": 3, "max_resits": None, "score_review_days": 15,
    "window_calendar": {"week": 3}, "window_months": [1, 3, 5, 7, 9, 11],
    "review_working_days": 3, "second_opinion_holds": True, "spot_check_percent": 0, "correction_working_days": 3,
    "payment_grace_hours": 48, "waiting_offer_hours": 48, "waiting_beside_seat": True, "revival_hours": 24,
    "max_transfers": 1, "transfer_working_days": 10, "outage_grace_hours": 24,
    "accommodations": ["extra_time", "accessible_room", "large_print", "own_aids"], "most_extra_minutes": 60,
    "recovery_wait_hours": 72, "recovery_valid_days": 14,
    "photo.width": 295, "photo.height": 413, "photo.min_kb": 10, "photo.max_kb": 200, "photo.formats": ["jpg", "jpeg"],
    "photo.background": "#FFFFFF", "photo_valid_months": 12,
    "online_exam.camera": True, "online_exam.max_leave_screen": 5, "online_exam.late_minutes": None,
    "online_exam.autosave_seconds": 10, "online_exam.answers_survive_disconnect": True,
    "onsite_exam.arrive_before_minutes": 40, "onsite_exam.late_limit_minutes": 5,
    "onsite_exam.no_leave_before_end_minutes": 15,
    "incident_statement_days": 3, "incident_appeal_days": 15, "excuse_days": 5,
    "number_source": "body", "certificate_document": "body_file", "certificate_valid_years": None,
    "exam_refund_rules": [
        {"code": "before_full_refund_deadline", "percent": 100, "when": {"zh": "全额退费截止前", "en": "In time"}},
        {"code": "application_rejected", "percent": 100, "when": {"zh": "审核不通过", "en": "Rejected"}},
        {"code": "sitting_cancelled", "percent": 100, "when": {"zh": "场次取消", "en": "Sitting cancelled"}},
        {"code": "gave_up_or_absent", "percent": 0, "when": {"zh": "放弃或缺考", "en": "Gave up or absent"}},
        {"code": "misconduct", "percent": 0, "when": {"zh": "严重违纪", "en": "Misconduct"}},
    ],
    "training_refund_rules": [
        {"code": "not_started", "percent": 100, "when": {"zh": "7日内未学习", "en": "Not started within 7 days"}},
        {"code": "started", "formula": {"zh": "按未学学时比例", "en": "By the share not studied"},
         "when": {"zh": "已学习", "en": "Studied"}},
    ],
}
OFFICIAL = {"required_hours", "window_months"}
ENTRY_AIE = {
    "min_age": 18, "min_education": "junior_college",
    "preferred_majors": [{"zh": "计算机及相关专业", "en": "Computing and related majors"}],
    "other_majors": {"zh": "其他理工科专业也可报考", "en": "Other science and engineering majors may apply"},
}
PRICES = {
    "training_package": ("training", "培训学习费", "Training fee", 128000),
    "exam_first": ("exam", "考试费（首考）", "Exam fee (first sitting)", 48000),
    "resit_theory": ("exam", "补考费（理论）", "Resit fee (theory)", 18000),
    "resit_practical": ("exam", "补考费（实践）", "Resit fee (practical)", 24000),
    "certificate_reissue": ("service", "证书补办工本费", "Certificate reissue", 5000),
}
# The 202701 window as the demo data has it (New Year's holidays moved several dates).
JANUARY = {
    "opens_at": "2026-11-16 09:00", "closes_at": "2026-12-24 17:00", "first_review_by": "2026-12-29 17:00",
    "correction_closes_at": "2026-12-31 17:00", "review_by": "2027-01-04 12:00", "payment_due_at": "2027-01-04 17:00",
    "payment_latest_at": "2027-01-06 12:00", "withdraw_full_refund_until": "2027-01-04 17:00",
    "resit_closes_at": "2026-12-30 17:00", "resit_correction_closes_at": "2027-01-04 12:00",
    "resit_payment_due_at": "2027-01-05 17:00", "seating_by": "2027-01-06 18:00", "ticket_from": "2027-01-11 09:00",
    "mock_from": "2027-01-12 09:00", "mock_until": "2027-01-15 18:00", "marking_by": "2027-02-04 18:00",
    "scores_publish_at": "2027-02-19 10:00", "score_review_closes_at": "2027-03-06 10:00",
    "score_review_answer_by": "2027-03-12 18:00", "issuance_review_from": "2027-02-20 09:00",
    "roster_to_issuer_by": "2027-03-02 18:00",
}


def beijing(text: str) -> datetime:
    """'2026-12-24 17:00' in Beijing, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def some_dates(code: str = "202701", starts_on: date = date(2027, 1, 16), **changes: Any) -> WindowDates:
    """The dates of the January window; another first day moves all of them by as many days."""
    shift = starts_on - date(2027, 1, 16)
    moments = {name: beijing(text) + shift for name, text in JANUARY.items()}
    made: dict[str, Any] = {
        "code": code, "starts_on": starts_on, "ends_on": starts_on + timedelta(days=6),
        "certificate_expected_on": date(2027, 3, 17) + shift, **moments,
    }
    return WindowDates(**(made | changes))


def figures(**changes: Any) -> dict[str, Any]:
    """Every figure by key; a change of None with the key in `without` leaves it out."""
    return FIGURES | changes


def some_rules(on: date = date(2026, 11, 22), **changes: Any) -> ProgrammeRules:
    """The figures as one record, without a database. Keys with a dot: {"pass_mark.theory": 70}."""
    rows = tuple(Rule(key, value, RULED_ON, key in OFFICIAL, "演示默认值") for key, value in figures(**changes).items())
    return programme_rules("CAIP", 2026, on, rows)


def some_terms(**changes: Any) -> WindowTerms:
    return WindowTerms.of(some_rules(**changes), {code: row[3] for code, row in PRICES.items()})


def a_programme(
    session: Session, code: str = "CAIP", *, stated: dict[str, Any] | None = None, enrolment_open: bool = True
) -> Programme:
    """A programme with every figure and price; the caller commits."""
    programme = Programme(
        code=code, edition=2026, name_zh="人工智能职场应用师", name_en="Certified AI Practitioner", suits_zh="职场人士",
        suits_en="People at work", exam_zh="理论考试与实践考核", exam_en="Theory exam and practical assessment",
        note_zh="", note_en="", enrolment_open=enrolment_open,
    )
    session.add(programme)
    session.flush()
    for key, value in (FIGURES if stated is None else stated).items():
        session.add(ProgrammeRule(programme_id=programme.id, key=key, value=value, from_on=RULED_ON,
                                  official=key in OFFICIAL, source="演示默认值"))
    if enrolment_open:
        for item, (kind, zh, en, fen) in PRICES.items():
            session.add(FeeItem(code=item, kind=kind, name_zh=zh, name_en=en, amount_fen=fen, from_on=RULED_ON))
    session.flush()
    return programme


def a_window(
    session: Session, programme: Programme, code: str = "202701", starts_on: date = date(2027, 1, 16), *,
    state: str = "published", **changes: Any,
) -> Window:
    """A window of the programme, published with the builders' terms unless told; the caller commits."""
    dates = some_dates(code, starts_on, **changes)
    window = Window(
        programme_id=programme.id, version=1, note="", terms={} if state == "draft" else some_terms().as_json(),
        **{name: getattr(dates, name) for name in WindowDates.__dataclass_fields__},
    )
    window.state = state
    session.add(window)
    session.flush()
    return window


def the_holidays(session: Session) -> None:
    """New Year and Spring Festival 2027 as the data has them, and one worked Sunday of 2026."""
    session.add_all([
        Holiday(name="元旦", from_on=date(2027, 1, 1), until_on=date(2027, 1, 3), confirmed=False, note=""),
        Holiday(name="春节", from_on=date(2027, 2, 5), until_on=date(2027, 2, 12), confirmed=False, note=""),
        Holiday(name="国庆节", from_on=date(2026, 10, 1), until_on=date(2026, 10, 7), confirmed=True, note=""),
        Workday(on=date(2026, 10, 10), confirmed=True), Workday(on=date(2026, 9, 20), confirmed=True),
    ])


def an_organisation(session: Session, **changes: Any) -> Organisation:
    row = Organisation(**({
        "id": 1, "code": "TX01", "name": "示例AI研习社（授权合作机构）", "short_name": "示例AI研习社",
        "issuers": ["中经数（北京）数据应用技术研究院", "中国信息协会市场研究业分会"], "telephone": "400-000-0000",
        "email": "help@example.org", "opening_times": "工作日 9:00 – 18:00", "registrations": {},
        "how_to_pay_zh": "对公转账、微信、支付宝或现金。", "how_to_pay_en": "Bank transfer, WeChat, Alipay or cash.",
    } | changes))
    session.add(row)
    return row


def noon_on(day: date) -> datetime:
    return datetime.combine(day, time(12), SHANGHAI).astimezone(UTC)


@built_once
def the_programmes() -> None:
    """CAIP with every figure and AIE beside it, the organisation, the holidays, January's window open and March's to
    come: what the public pages show."""
    with transaction() as session:
        caip = a_programme(session)
        a_programme(session, "AIE", stated=ENTRY_AIE, enrolment_open=False)
        an_organisation(session)
        the_holidays(session)
        a_window(session, caip)
        a_window(session, caip, "202703", date(2027, 3, 20))
