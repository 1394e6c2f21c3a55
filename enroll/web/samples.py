"""What the components page shows: values as the real pages have them, in both languages, all people invented."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from types import SimpleNamespace as Sample
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (  # type: ignore[attr-defined]  # the stubs are older than SelectChoice
    BooleanField,
    DateField,
    FileField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.widgets import CheckboxInput, ListWidget

from enroll.foundation.lifecycle import Move, Offer, StateLabel
from enroll.foundation.problems import problem
from enroll.foundation.words import N_
from enroll.web.forms import ActForm, Line, Lines, Whole
from enroll.web.navigation import Place

DAY = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
CLOSES = datetime(2026, 12, 25, 9, 0, tzinfo=UTC)
UNIT, REQUIRED = 45, 1575
Say = Callable[[str, str], str]


class State(StrEnum):
    """Stands for any record's states here."""

    SUBMITTED = "submitted"


class SampleForm(ActForm):
    """One field of every kind."""

    legal_name = Line(_l("Legal name"))
    id_number = Line(_l("ID number"))
    code = Line(_l("Confirmation code"))
    password = PasswordField(_l("Password"))
    education = SelectField(_l("Education"))
    born_on = DateField(_l("Date of birth"))
    minutes = Whole(_l("Minutes"))
    employer = Line(_l("Employer"))
    photo = FileField(_l("ID photo"))
    id_type = RadioField(_l("ID type"))
    directions = SelectMultipleField(_l("Directions"), option_widget=CheckboxInput(), widget=ListWidget())
    declaration = BooleanField(_l("I have read the declaration and what I state is true."))
    reason = Lines(_l("Message to the learner"))
    decision = RadioField(_l("Decision"))
    sitting_theory = RadioField(_l("Theory exam"))


class SampleFilter(ActForm):
    """A filter row of a queue."""

    q = StringField(_l("Name, phone or application no."))
    site = SelectField(_l("Exam site"))
    overdue = BooleanField(_l("Overdue only"))


def labels() -> list[StateLabel]:
    """The badges of all kinds, as the lifecycles use them."""
    return [
        StateLabel(text, text, kind, icon)
        for text, kind, icon in (
            (N_("Draft"), "mute", "pencil"),
            (N_("Submitted, waiting for review"), "warn", "clock"),
            (N_("Returned for correction"), "bad", "arrow-back-up"),
            (N_("On the waiting list"), "wait", "hourglass"),
            (N_("Seat held"), "info", "clock"),
            (N_("Approved"), "ok", "circle-check"),
            (N_("Rejected"), "bad", "circle-x"),
            (N_("Ticket ready to print"), "info", "printer"),
            (N_("Absent"), "mute", "ban"),
            (N_("Passed"), "ok", "circle-check"),
            (N_("Failed"), "bad", "circle-x"),
            (N_("Results awaited"), "warn", "hourglass"),
            (N_("Certificate issued"), "ok", "certificate"),
            (N_("Revoked"), "bad", "ban"),
            (N_("Expired"), "mute", "x"),
            (N_("Not open yet"), "mute", "lock"),
        )
    ]


def offers() -> list[Offer]:
    """A live move, one that asks a reason, a dangerous one, and a dead one with its reasons."""
    source = frozenset({State.SUBMITTED})

    def move(name: str, label: str, **more: Any) -> Move:
        return Move(name, label, source, State.SUBMITTED, "sample", **more)

    short = problem("hours_short", N_("%(hours)s more course hours to record."), hours="6.7")
    late = problem("window_closed", N_("This window closed on %(moment)s."), moment=CLOSES)
    return [
        Offer(move("approve", N_("Approve")), ()),
        Offer(move("return", N_("Return"), asks_reason=True), ()),
        Offer(move("reject", N_("Reject"), danger=True), ()),
        Offer(move("submit", N_("Submit application")), (short, late)),
    ]


def form_with_errors(say: Say) -> SampleForm:
    form = SampleForm(
        formdata=None,
        data={
            "legal_name": say("张伟", "Zhang Wei"),
            "id_number": "11019919900312101",
            "id_type": "resident_id",
            "education": "bachelor",
            "decision": "return",
            "minutes": 180,
            "directions": ["D1"],
            "sitting_theory": "202701-BJ01-T",
        },
    )
    form.education.choices = [
        SelectChoice("bachelor", say("本科", "Bachelor")),
        SelectChoice("master", say("硕士", "Master")),
    ]
    form.id_type.choices = [
        SelectChoice("resident_id", say("居民身份证", "Resident ID card")),
        SelectChoice("hk_macao_permit", say("港澳居民来往内地通行证", "Mainland travel permit (HK/Macao)")),
    ]
    form.directions.choices = [
        SelectChoice("D1", say("文职与行政", "Office and administration")),
        SelectChoice("D2", say("市场与运营", "Marketing and operations")),
    ]
    form.decision.choices = [
        SelectChoice("approve", say("通过", "Approve")),
        SelectChoice("return", say("退回补正", "Return")),
        SelectChoice("reject", say("不通过", "Reject")),
    ]
    form.id_number.errors = [say("请输入 18 位身份证号，现在是 17 位。", "Enter all 18 characters; there are 17.")]
    form.photo.errors = [say("请上传白底证件照。", "Upload a photo with a white background.")]
    return form


def pieces(say: Say) -> SampleForm:
    """A second form on the page: its ids stand apart."""
    form = SampleForm(formdata=None, prefix="piece-")
    form.photo.errors = [say("请上传白底证件照。", "Upload a photo with a white background.")]
    return form


def filter_form(say: Say) -> SampleFilter:
    form = SampleFilter(formdata=None)
    form.site.choices = [
        SelectChoice("", say("全部考点", "All sites")),
        SelectChoice("BJ01", say("北京示范考点", "Beijing demo site")),
    ]
    return form


def days_of_sittings(say: Say) -> list[Sample]:
    where = say("北京市示例区学院示例路1号示例楼3层", "3/F, 1 Sample Road, Beijing")

    def option(value: str, time: str, left: int | None, **more: Any) -> Sample:
        return Sample(
            value=value,
            time=time,
            minutes=120,
            left=left,
            capacity=80,
            label=time,
            **{
                "site": say("北京示范考点（虚构）", "Beijing demo site"),
                "address": where,
                "waiting": 0,
                "waiting_href": "",
                **more,
            },
        )

    online = say("自备电脑和摄像头，考前一天测试设备", "Your own computer and camera; test them the day before")
    return [
        Sample(
            title=say("2027年1月16日（周六）", "Sat 16 Jan 2027"),
            note=say("2 个场次有余位", "2 sittings with seats"),
            options=[
                option("202701-BJ01-T", "09:30 – 11:30", 28),
                option("202701-SH01-T", "14:00 – 16:00", 6),
                option("202701-GZ01-T", "14:00 – 16:00", 0, waiting=4, waiting_href="#waiting"),
            ],
        ),
        Sample(
            title=say("1月16日 – 1月22日", "16 to 22 Jan"),
            note="",
            options=[
                option(
                    "202701-ONLINE-T",
                    say("线上，考期内任选时间", "Online, any time in the period"),
                    None,
                    site=say("线上考试", "Online exam"),
                    address=online,
                )
            ],
        ),
    ]


def ten_steps(say: Say) -> list[Sample]:
    def step(state: str, title: str, href: str = "#", note: str = "", who: str = "", by: Any = None) -> Sample:
        return Sample(state=state, title=title, href=href, note=note, who=who, by=by)

    you, office = say("由你办理", "your turn"), say("由审核员办理", "with a reviewer")
    return [
        step("done", say("注册", "Sign up")),
        step(
            "fix",
            say("实名与证件照", "Identity and ID photo"),
            who=you,
            by=DAY + timedelta(days=3),
            note=say(
                "背景不是白色，请重新上传照片。姓名和证件号已核对无误。",
                "The background is not white: upload the photo again. Name and number are right.",
            ),
        ),
        step(
            "current",
            say("35 学时", "35 course hours"),
            who=you,
            note=say(
                "28.3 学时（1,275 分钟），还差 6.7；另有 2 学时待认定",
                "28.3 hours (1,275 minutes), 6.7 to go; 2 more are waiting",
            ),
        ),
        step("locked", say("报名", "Apply"), "", note=say("满 35 学时后开放", "Opens with 35 hours"), by=CLOSES),
        step("waiting", say("审核", "Review"), "#", who=office, by=say("三个工作日内", "within three working days")),
        *(
            step("locked", title, "")
            for title in (
                say("缴费", "Pay"),
                say("准考证", "Admission ticket"),
                say("考试", "Exam"),
                say("成绩", "Result"),
                say("证书", "Certificate"),
            )
        ),
    ]


def timeline_entries(say: Say) -> list[Sample]:
    def entry(hours: int, title: str, who: str, kind: str = "", note: str = "") -> Sample:
        return Sample(at=DAY - timedelta(hours=hours), title=title, who=who, kind=kind, note=note)

    return [
        entry(0, say("待审核", "Waiting for review"), say("审核员", "Reviewer"), "now"),
        entry(3, say("学员提交报名", "Application submitted"), say("张伟", "Zhang Wei"), "ok"),
        entry(
            40,
            say("退回补正：证件照", "Returned: ID photo"),
            say("审核员", "Reviewer"),
            "warn",
            say("背景不是白色。其他材料已核对无误。", "The background is not white. Everything else is right."),
        ),
    ]


def places(say: Say, shell: str) -> list[Place]:
    if shell == "staff":
        queues = [
            ("applications", N_("Applications"), "clipboard-check", 23, True),
            ("hours", N_("Course hours"), "hourglass", 41, False),
            ("results", N_("Results"), "list-check", 0, False),
            ("certificates", N_("Certificates"), "certificate", 6, False),
        ]
        manage = [
            ("learners", N_("Learners"), "users"),
            ("windows", N_("Exam windows"), "calendar-event"),
            ("audit", N_("Audit log"), "history"),
        ]
        return [
            Place(key, label, icon, "#", "queue", count, hot, key == "applications")
            for key, label, icon, count, hot in queues
        ] + [Place(key, label, icon, "#", "manage", None, False, False) for key, label, icon in manage]
    group = "public" if shell == "public" else "tab"
    tabs = [
        ("home", N_("Home"), "home"),
        ("study", N_("Study"), "book-2"),
        ("practice", N_("Practice"), "checklist"),
        ("exam", N_("Exam"), "ticket"),
        ("me", N_("Me"), "user"),
    ]
    return [Place(key, label, icon, "#", group, None, False, key == "home") for key, label, icon in tabs]


def values(language: str, shell: str) -> dict[str, Any]:
    """Everything the components page is given."""

    def say(zh: str, en: str) -> str:
        return zh if language == "zh" else en

    return {
        "say": say,
        "shell": shell,
        "labels": labels(),
        "offers": offers(),
        "alone": [Sample(
            subject="C2609-0004", act="certificate.approve_second", by_name=say("发证审核员甲", "Reviewer A"), at=DAY,
            reason=say("另一名发证审核员本月休假。", "The other reviewer is on leave this month."))],
        "sample": form_with_errors(say),
        "filters": filter_form(say),
        "sitting_days": days_of_sittings(say),
        "ten": ten_steps(say),
        "entries": timeline_entries(say),
        "navigation": lambda: places(say, shell),
        "unread_messages": 2,
        "demo": Sample(today_label=say("2026年11月22日（周日）", "Sun 22 Nov 2026")),
        "at": DAY,
        "soon": DAY + timedelta(days=3, hours=8),
        "closes": CLOSES,
        "pieces": pieces(say),
        "changed_from": say("张韦", "Zhang Way"),
        "month": date(2027, 1, 1),
        "unit": UNIT,
        "required": REQUIRED,
        "rows": queue_rows(say),
        "current_user": Sample(
            is_authenticated=shell != "public",
            is_learner=shell == "learner",
            is_staff=shell == "staff",
            name=say("张伟", "Zhang Wei"),
        ),
    }


def queue_rows(say: Say) -> list[Sample]:
    def row(reference: str, name: str, tenths: str, kind: str, check: str, icon: str, left: int) -> Sample:
        return Sample(
            reference=reference,
            name=name,
            hours=tenths,
            kind=kind,
            check=check,
            icon=icon,
            due=DAY + timedelta(days=left, hours=7),
            left=left,
            site=say("北京", "Beijing"),
        )

    return [
        row("A2701-0183", say("张伟", "Zhang Wei"), "36", "ok", say("全部通过", "All passed"), "circle-check", 0),
        row("A2701-0185", "Grace Chen", "35", "ok", say("全部通过", "All passed"), "circle-check", 1),
        row(
            "A2701-0187",
            say("阿依古丽·买买提", "Aygul Memet"),
            "35.5",
            "warn",
            say("2 项需人工判断", "2 to look at"),
            "alert-triangle",
            3,
        ),
    ]
