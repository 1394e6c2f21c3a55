"""What the organisation itself puts in before anybody comes: rules, prices, dates, sites, staff, courses."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from enroll.accounts.permissions import Role
from enroll.accounts.services.opening import open_account
from enroll.courses.services.editions import make_next_edition
from enroll.courses.services.outline import NewCourse, NewLesson, NewModule, add_course, attach_video
from enroll.demo.people import DATA, data
from enroll.enrolments.services.cohorts import add_cohort
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.clock import SHANGHAI, at_beijing
from enroll.learners.services.texts import add_consent_text, add_reason
from enroll.programmes.rules.known_rules import parts_of
from enroll.programmes.rules.windows import MOMENTS, WindowDates
from enroll.programmes.services.announcements import add_announcement
from enroll.programmes.services.settings import (
    add_holiday,
    add_programme,
    add_workday,
    set_organisation,
    set_price,
    set_rule,
)
from enroll.programmes.services.windows import add_window, publish_window
from enroll.questions.rules.papers import Section
from enroll.questions.rules.questions import NewQuestion
from enroll.questions.services.bank import NewQuiz, add_questions, add_quiz
from enroll.sittings.lifecycle import Part
from enroll.sittings.services.places import Room, Site, add_site
from enroll.sittings.services.planning import SittingDetails, add_sitting
from enroll.storage.files import keep_file

FOUNDED = datetime(2026, 6, 29, 9, 0, tzinfo=SHANGHAI)
RULES_FROM = date(2026, 6, 1)
ASSUMED = "演示默认值；官方规则未见公开，上线前须由发证机构确认"
STATED = "发证机构公开说明：须提供 35 学时证明；考试为理论＋实践；一年六次；审核后发证"
OFFICIAL = {"required_hours", "window_months"}
PUBLISHED_WEEKS_BEFORE = 2
VIDEO_SECONDS = 30
LAST_PUBLISHED = datetime(2026, 11, 20, 9, 0, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Ground:
    """The staff who did it, by user name."""

    staff: dict[str, Actor]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def lay_organisation() -> None:
    partner, issuers = data()["organisation"]["partner"], data()["organisation"]["issuers"]
    set_organisation({
        "code": partner["code"], "name": partner["name"], "short_name": partner["short"], "issuers": issuers,
        "telephone": "010-0000 0000", "email": "service@example.org", "address": "北京市示例区学院示例路1号",
        "opening_times": "工作日 9:00–18:00", "issuer_contact": "发证机构联系方式以其官网公布为准（演示）",
        "how_to_pay_zh": "对公转账、微信、支付宝或到前台缴现金，请在备注里写费用编号。"
        "财务一般在一个工作日内登记。账号为演示数据。",
        "how_to_pay_en": "By bank transfer, WeChat, Alipay or in cash at the desk; put the fee number in the note. "
                         "Finance usually records a payment within one working day. The account is invented.",
    }, by=SYSTEM, now=FOUNDED)  # fmt: skip


def lay_programmes() -> None:
    programme, policy = data()["programme"], data()["policy"]
    add_programme(
        programme["code"], programme["edition"], programme["name"], "AI practitioner for the workplace (CAIP)",
        enrolment_open=True, by=SYSTEM, now=FOUNDED,
        suits_zh="想把 AI 用到日常办公、数据分析、客户关系管理中的在职人员和学生",
        suits_en="People at work and students who want to use AI for office work, data analysis and customer relations",
        exam_zh="理论考试＋实践考核，一年六次（1、3、5、7、9、11 月）",
        exam_en="Theory exam and practical assessment, six times a year (Jan, Mar, May, Jul, Sep, Nov)",
        note_zh="由发证机构决定是否发证；不是国家职业资格，也不是职业技能等级证书。",
        note_en="The issuing body decides on each certificate. It is neither a national vocational qualification nor a "
                "vocational skill level certificate.",
    )  # fmt: skip
    for key, value in _caip_rules(policy).items():
        for name, part in parts_of(key, value):
            official = name in OFFICIAL
            set_rule("CAIP", name, part, RULES_FROM, official, STATED if official else ASSUMED, by=SYSTEM, now=FOUNDED)
    for other in data()["other_certificates"]:
        add_programme(other["code"], 2026, other["name"], other["name_en"], by=SYSTEM, now=FOUNDED,
                      enrolment_open=other["enrolment"], suits_zh=other["suits"],
                      suits_en="People who want to develop and improve AI models in any industry",
                      exam_zh=other["exam"], exam_en="Theory (machine learning, deep learning, language, vision) and "
                      "practice (programming, case analysis)", note_zh=other["note"],
                      note_en="Entry is comparatively open, the exam comparatively hard; the issuing body's own words "
                      "decide.")
        for key, value in _entry_rules(other["rules"]).items():
            set_rule(other["code"], key, value, RULES_FROM, True, "发证机构公开的报考条件（以其公布为准）", by=SYSTEM,
                     now=FOUNDED)


def _entry_rules(rules: dict[str, Any]) -> dict[str, Any]:
    return {
        "min_age": rules["min_age"], "min_education": rules["min_education"],
        "preferred_majors": [{"zh": one, "en": "computing and related majors"} for one in rules["preferred_majors"]],
        "other_majors": {"zh": rules["other_majors"], "en": "Other science and engineering majors may apply as well"},
    }  # fmt: skip


def _caip_rules(policy: dict[str, Any]) -> dict[str, Any]:
    """The data's policy in the program's own keys, and what the data leaves to the design."""
    left_out = {"sources", "hours_external_note", "mark_note", "keep_passed_subject_note"}
    rules = {key: value for key, value in policy.items() if key not in left_out}
    rules["photo"] = {key: value for key, value in policy["photo"].items() if key != "note"}
    fees = data()["fees"]
    return rules | {
        "min_age": None, "min_education": None, "self_sign_up_min_age": 14, "guardian_until_age": 18,
        "hours_at_submit": "credited_and_pending", "study_before_payment": False, "dispute_days": 14,
        "manual_alone_hours": 8, "unusual_study": UNUSUAL_STUDY,
        "live_attendance_percent": 90, "practice_working_days": 3, "offline_seconds": 300,
        "incident_statement_days": 3, "incident_appeal_days": 15, "excuse_days": 5,
        "directions": [_direction(course) for course in data()["courses"] if course["section"] == "direction"],
        "window_calendar": {"week": 3}, "window_months": [1, 3, 5, 7, 9, 11],
        "second_opinion_holds": True, "spot_check_percent": 20, "review_working_days": 3, "correction_working_days": 3,
        "payment_grace_hours": data()["calendar_rules"]["payment_grace_hours"], "waiting_offer_hours": 48,
        "waiting_beside_seat": True,
        "max_transfers": 1, "transfer_working_days": 10, "outage_grace_hours": 24,
        "accommodations": ["extra_time", "accessible_room", "large_print", "own_aids"], "most_extra_minutes": 60,
        "recovery_wait_hours": 72, "recovery_valid_days": 14,
        "revival_hours": 24, "photo_valid_months": 12, "number_source": "body", "certificate_document": "body_file",
        "certificate_valid_years": None,
        "exam_refund_rules": [_refund_rule(one) for one in fees["refund_rules"]],
        "training_refund_rules": [_refund_rule(one) for one in fees["training_refund_rules"]],
    }  # fmt: skip


def _direction(course: dict[str, Any]) -> dict[str, Any]:
    career = course["career"]
    return {
        "code": course["code"], "minutes": course["credit_minutes"],
        "name": {"zh": course["title"], "en": course["title_en"]},
        "summary": {"zh": course["summary"], "en": course["title_en"]},
        "roles": [f"{one['title']}（{one['level']}）" for one in career["roles"]], "path": career["path"],
    }  # fmt: skip


# What a person should look at; the figures are this installation's own.
UNUSUAL_STUDY = {"beats_least": 20, "beats_spread_ms": 20, "night_from": 0, "night_until": 5, "night_minutes": 120,
                 "takeovers_a_day": 3, "seconds_a_question": 3}
REFUNDS_EN = {
    "before_full_refund_deadline": "Withdrawn after payment, before the date for a full refund",
    "application_rejected": "Not approved in the review (unless the material was false)",
    "sitting_cancelled": "The sitting is cancelled and cannot be replaced",
    "gave_up_or_absent": "Given up after that date, or absent",
    "misconduct": "False material or serious misconduct",
    "not_started": "Within 7 days and nothing studied yet",
    "started": "Once study has begun",
}


def _refund_rule(rule: dict[str, Any]) -> dict[str, Any]:
    made = {
        "code": rule["code"],
        "when": {"zh": rule["when"].replace("（withdraw_full_refund_until）", ""), "en": REFUNDS_EN[rule["code"]]},
    }
    if "percent" in rule:
        return made | {"percent": rule["percent"]}
    return made | {
        "formula": {"zh": rule["formula"], "en": "in proportion to the hours not studied, and never less than agreed"}
    }


PRICES_EN = {
    "training_package": "Training fee (35 course hours and the question bank)",
    "exam_first": "Exam fee (theory and practical, first sitting)",
    "resit_theory": "Resit fee (theory)",
    "resit_practical": "Resit fee (practical)",
    "paper_certificate_mail": "Paper certificate by mail",
    "certificate_reissue": "Reissue of a certificate",
}


def lay_prices_and_days() -> None:
    for item in data()["fees"]["items"]:
        set_price(item["code"], item["kind"], item["name"], PRICES_EN[item["code"]], item["amount_fen"], RULES_FROM,
                  source=data()["fees"]["note"], by=SYSTEM, now=FOUNDED)
    for one in data()["holidays"]:
        add_holiday(one["name"], date.fromisoformat(one["from"]), date.fromisoformat(one["until"]),
                    confirmed=one["confirmed"], note=one.get("note", ""), by=SYSTEM, now=FOUNDED)
    for one in data()["workdays"]:
        add_workday(date.fromisoformat(one["date"]), confirmed=one["confirmed"], by=SYSTEM, now=FOUNDED)


def lay_staff(password_hash: str) -> None:
    """Every member of staff of the data."""
    for one in data()["staff"]:
        open_account(password_hash, (Role(one["role"]),), by=SYSTEM, now=FOUNDED, username=one["username"],
                     name=one["name"], confirmed=True, is_demo=True)


AGREEMENT = {
    "code": "training_agreement", "kind": "agreement", "when": "enrolment", "required": True,
    "title": "培训服务协议（演示文本）", "title_en": "Training agreement (demonstration text)",
    "text": "培训机构按报读时公布的课程、学时和服务提供培训；学习费、退费规则以缴费前展示的表格为准。"
            "通过考试和取得证书由考试成绩和发证机构审核决定，培训机构不作任何承诺。",
    "text_en": "The partner provides the courses, hours and services published at enrolment; the training fee and its "
               "refund follow the table shown before payment. Passing and the certificate depend on the exam and on "
               "the issuing body; the partner promises neither.",
}  # fmt: skip


def lay_texts() -> None:
    for one in (*data()["consents"], AGREEMENT, _declaration()):
        add_consent_text(one, now=FOUNDED)
    for one in data()["reason_library"]:
        add_reason(one["item"], one["code"], one["outcome"], one["zh"], one["en"], one["advice_zh"], one["advice_en"])


def _declaration() -> dict[str, Any]:
    return {
        "code": "commitment", "kind": "declaration", "when": "exam_registration", "required": True,
        "title": "考生承诺书", "title_en": "Declaration", "text": data()["commitment"],
        "text_en": "I have read the entry rules and the exam rules. What I entered and uploaded is true, exact and "
                   "complete, and I did the studying myself. I accept that false statements may void my registration, "
                   "my results and my certificate.",
    }  # fmt: skip


def lay_cohorts(actors: dict[str, Actor]) -> None:
    for one in data()["cohorts"]:
        add_cohort(one["code"], one["name"], programme_code="CAIP", adviser=one["adviser"], source=one["source"],
                   open_to_all=one["source"] == "self", by=actors["banzhuren"], now=FOUNDED)


def windows(actors: dict[str, Actor]) -> Iterator[tuple[datetime, str]]:
    """Add every window of the data, and give when each is published; those that are only planned stay drafts."""
    for one in data()["exam_windows"]:
        add_window("CAIP", _dates(one), note=one.get("note", ""), by=actors["kaowu"], now=FOUNDED)
        if one["status_on_2026_11_22"] != "planned":
            weeks_before = moment(one["opens_at"]) - timedelta(weeks=PUBLISHED_WEEKS_BEFORE)
            yield min(max(FOUNDED, weeks_before), LAST_PUBLISHED), one["code"]


def publish(code: str, actors: dict[str, Actor], now: datetime) -> None:
    publish_window(code, by=actors["kaowu"], now=now)


def _dates(one: dict[str, Any]) -> WindowDates:
    starts_on = date.fromisoformat(one["starts_on"])
    latest = at_beijing(starts_on - timedelta(days=10), time(12))  # data: payment_latest W-10 12:00
    moments = {name: moment(one[name]) for name in MOMENTS if name != "payment_latest_at"}
    return WindowDates(
        code=one["code"],
        starts_on=starts_on,
        ends_on=date.fromisoformat(one["ends_on"]),
        payment_latest_at=latest,
        certificate_expected_on=date.fromisoformat(one["certificate_expected_on"]),
        **moments,
    )


def lay_sites(actors: dict[str, Actor]) -> None:
    officer = actors["kaowu"]
    for one in data()["sites"]:
        add_site(Site(
            code=one["code"], name=one["name"], online=one["mode"] == "online", city=one.get("city") or "",
            address=one.get("address", ""), telephone="010-0000 0001（演示）" if one["mode"] == "onsite" else "",
            accessible=one.get("accessible", True), note="" if one["mode"] == "online" else one.get("note", ""),
            rooms=tuple(Room(room["code"], room["seats"]) for room in one.get("rooms", ())),
        ), by=officer, now=FOUNDED)
    known = {one["code"] for one in data()["exam_windows"] if one["status_on_2026_11_22"] != "planned"}
    for one in data()["sittings"]:
        if one["window"] in known:
            details = SittingDetails(
                starts_at=moment(one["starts_at"]), ends_at=moment(one["ends_at"]), minutes=one["minutes"],
                capacity=one["capacity"], report_at=moment(one["report_at"]) if one.get("report_at") else None,
                rooms=tuple(one["rooms"]))
            add_sitting(one["window"], one["site"], Part(one["part"]), details, by=officer, now=FOUNDED)


def lay_announcements() -> None:
    for one in data()["announcements"]:
        at = moment(one["publish_at"])
        add_announcement(one["title"], one["body"], at, pinned=one["pinned"], by=SYSTEM, now=max(FOUNDED, FOUNDED))


def lay_courses(actors: dict[str, Actor]) -> None:
    trainer = actors["jiaowu"]
    topics = {module["code"]: course["section"] for course in data()["courses"] for module in course["modules"]}
    add_questions([_question(one, topics) for one in data()["questions"]], by=trainer, now=FOUNDED)
    for course in data()["courses"]:
        for module in course["modules"]:
            for lesson in module["lessons"]:
                if lesson["type"] == "quiz":
                    add_quiz(_quiz(course, module, lesson), by=trainer, now=FOUNDED)
        add_course("CAIP", _course(course), by=trainer, now=FOUNDED)


def _question(one: dict[str, Any], topics: dict[str, str]) -> NewQuestion:
    answer = one["answer"]
    if one["type"] == "judge":
        keys: tuple[str, ...] = ("T",) if answer in (True, "T", "对", "正确") else ("F",)
    else:
        keys = tuple(answer) if isinstance(answer, list) else tuple(str(answer))
    return NewQuestion(code=one["id"], kind=one["type"], topic=one["topic"], section=topics[one["topic"]],
                       stem=one["stem"], answer=keys, options=one.get("options") or {},
                       explanation=one.get("explanation", ""), difficulty=one.get("difficulty", 1))


def _quiz(course: dict[str, Any], module: dict[str, Any], lesson: dict[str, Any]) -> NewQuiz:
    if lesson.get("paper") != "mock_paper":
        return NewQuiz(code=lesson["id"], title=lesson["title"], pass_percent=lesson["pass_percent"],
                       minutes=lesson["credit_minutes"], topic=module["code"], count=lesson["question_count"])
    paper = data()["mock_paper"]
    blueprint = tuple(_section(one) for one in paper["sections"])
    return NewQuiz(code=lesson["id"], title=lesson["title"], pass_percent=lesson["pass_percent"],
                   minutes=paper["minutes"], section="general", blueprint=blueprint)


def _section(one: dict[str, Any]) -> Section:
    partial = 2 if "partial" in one else 0  # 少选得2分，错选不得分
    return Section(kind=one["type"], count=one["count"], points=one["points_each"], partial=partial)


def _course(course: dict[str, Any]) -> NewCourse:
    return NewCourse(
        code=course["code"], title=course["title"], title_en=course["title_en"], section=course["section"],
        summary=course["summary"], career=course.get("career") or {},
        modules=tuple(NewModule(module["code"], module["title"], tuple(_lesson(one) for one in module["lessons"]))
                      for module in course["modules"]),
    )  # fmt: skip


def _lesson(one: dict[str, Any]) -> NewLesson:
    filmed = (DATA.parent / "media" / f"{one['id']}.mp4").exists()
    content = "reading" if one["type"] == "video" and not filmed else one["type"]
    text = (DATA / one["text_file"]).read_text(encoding="utf-8") if one.get("text_file") else ""
    return NewLesson(
        code=one["id"], title=one["title"], content=content, kind=one["kind"], minutes=one["credit_minutes"],
        text=text, quiz_code=one["id"] if one["type"] == "quiz" else "",
        deliverables=tuple(one.get("deliverables", ())),
    )  # fmt: skip


def lay_videos(actors: dict[str, Actor]) -> None:
    """The one short real video that proves the video path; every other lesson of the data is its text. Then a second
    edition of a course is begun, so that there is a draft to look at."""
    for path in sorted((DATA.parent / "media").glob("*.mp4")):
        stored = keep_file(path.read_bytes(), name=path.name, media_type="video/mp4", purpose="lesson", now=FOUNDED)
        attach_video(path.stem, stored, seconds=VIDEO_SECONDS, by=actors["jiaowu"], now=FOUNDED)
    make_next_edition("G4", "补充模拟考试讲解（演示草稿）", by=actors["jiaowu"], now=FOUNDED)
