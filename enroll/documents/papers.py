"""The documents themselves: what each of them states. Facts in, PDF or PNG out; dates are worded here, once."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from enroll.documents.pdf import render, render_both
from enroll.documents.qr import qr_svg_file
from enroll.foundation.clock import beijing
from enroll.foundation.minutes import shown_hours
from enroll.foundation.words import Bilingual

WEEKDAYS = "一二三四五六日"
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")

NOTHING = Bilingual("")


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What every document states. `verify_url` is absolute; the QR code holds it unless the paper says otherwise."""

    template: ClassVar[str]

    number: str
    name: str
    document_type: Bilingual
    document_number: str
    partner_name: str
    partner_code: str
    verify_url: str
    demo: bool = False

    def facts(self) -> dict[str, Any]:
        """The values the template asks for."""
        code = self._code()
        stated: dict[str, Any] = {
            **asdict(self), "qr": qr_svg_file(code).decode(), "qr_says": code,
            "foot": " · ".join((self.partner_name, self.number, self.verify_url)),
            "document": {"zh": f"{self.document_type.zh}　{self.document_number}", "en": self.document_type.en},
        }
        return stated | dict(self._worded())

    def _code(self) -> str:
        return self.verify_url

    def _worded(self) -> Mapping[str, Any]:
        return {}


@dataclass(frozen=True)
class CourseHours:
    """One course of a proof. `minutes` has one number for each of the proof's shares, in their order."""

    code: str
    title: str
    section: str
    minutes: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class ProofOfHours(Paper):
    """学时证明. The totals are sums of the rows shown; `total_minutes` is what the ledger says and must agree."""

    template = "proof"

    programme: Bilingual
    studied_from: date
    studied_until: date
    hour_unit_minutes: int
    required_hours: int
    shares: tuple[Bilingual, ...]
    courses: tuple[CourseHours, ...]
    total_minutes: int
    issued_on: date
    digest: str = ""
    seal: bytes | None = None

    def __post_init__(self) -> None:
        if any(len(course.minutes) != len(self.shares) for course in self.courses):
            raise ValueError("every course needs one number of minutes for each share")
        if sum(sum(course.minutes) for course in self.courses) != self.total_minutes:
            raise ValueError("the courses do not add up to the total")

    def _worded(self) -> Mapping[str, Any]:
        sums = [sum(course.minutes[place] for course in self.courses) for place in range(len(self.shares))]
        required = self.required_hours * self.hour_unit_minutes
        met = self.total_minutes >= required
        return {
            "period_zh": f"{day_zh(self.studied_from)}至{day_zh(self.studied_until)}",
            "period_en": f"{day_en(self.studied_from)} to {day_en(self.studied_until)}",
            "total_hours": self._hours(self.total_minutes),
            "total_minutes": f"{self.total_minutes:,}",
            "shares": [
                {"label": asdict(label), "minutes": f"{minutes:,}", "hours": self._hours(minutes)}
                for label, minutes in zip(self.shares, sums, strict=True)
            ],
            "courses": [self._course(course) for course in self.courses],
            "required_zh": f"已达到项目要求的 {self.required_hours} 学时（{required:,} 分钟）。" if met else "",
            "required_en": f"The {self.required_hours} course hours asked for are complete." if met else "",
            "issued_zh": day_zh(self.issued_on),
            "issued_en": day_en(self.issued_on),
        }

    def _course(self, course: CourseHours) -> dict[str, Any]:
        total = sum(course.minutes)
        return {
            "code": course.code, "title": course.title, "section": course.section,
            "minutes": [f"{minutes:,}" for minutes in course.minutes],
            "total": f"{total:,}", "hours": self._hours(total),
        }

    def _hours(self, minutes: int) -> str:
        return shown_hours(minutes, self.hour_unit_minutes)


@dataclass(frozen=True)
class SeatedPart:
    """One on-site part of a ticket; moments are aware."""

    part: Bilingual
    starts_at: datetime
    ends_at: datetime
    report_at: datetime
    site_name: str
    site_address: str
    site_telephone: str
    room: str
    seat: str

    def facts(self) -> dict[str, Any]:
        return asdict(self) | {
            "day": f"{day_zh(beijing(self.starts_at).date())}（周{WEEKDAYS[beijing(self.starts_at).weekday()]}）",
            "time": show_span(self.starts_at, self.ends_at),
            "report": f"{_clock(self.report_at)} 前",
        }


@dataclass(frozen=True, kw_only=True)
class AdmissionTicket(Paper):
    """准考证 for on-site parts. `code` is what the QR holds for the door; `photo` is a JPEG of ours."""

    template = "ticket"

    version: int
    sex: Bilingual
    programme: Bilingual
    window: str
    photo: bytes
    parts: tuple[SeatedPart, ...]
    rules: tuple[str, ...]
    issued_at: datetime
    code: str
    arrangements: str = ""
    notices: tuple[str, ...] = ()

    def _code(self) -> str:
        return self.code

    def _worded(self) -> Mapping[str, Any]:
        return {"parts": [part.facts() for part in self.parts], **_made(self.issued_at)}


@dataclass(frozen=True)
class OnlinePart:
    """One online part: a half-open period [opens_at, closes_at); account and link once the body has sent them."""

    part: Bilingual
    opens_at: datetime
    closes_at: datetime
    minutes_allowed: int
    account: str = ""
    link: str = ""

    def facts(self) -> dict[str, Any]:
        opens, closes = _moment(self.opens_at), _moment(self.closes_at, last=True)
        awaited = {"zh": "待发证机构提供，将另行通知", "en": "To follow from the issuing body"}
        return asdict(self) | {
            "period_zh": f"{opens}至{closes}（北京时间）",
            "period_en": f"{_moment_en(self.opens_at)} to {_moment_en(self.closes_at, last=True)}, Beijing time",
            "allowed": {"zh": f"{self.minutes_allowed} 分钟", "en": "minutes"},
            "account": self.account or awaited,
            "link": self.link or awaited,
        }


@dataclass(frozen=True, kw_only=True)
class ExamConfirmation(Paper):
    """考试确认单 for online parts, in place of a ticket."""

    template = "confirmation"

    version: int
    programme: Bilingual
    window: str
    parts: tuple[OnlinePart, ...]
    rules: tuple[str, ...] = ()
    issued_at: datetime
    arrangements: str = ""
    notices: tuple[str, ...] = ()

    def _worded(self) -> Mapping[str, Any]:
        return {"parts": [part.facts() for part in self.parts], **_made(self.issued_at)}


@dataclass(frozen=True)
class PartOutcome:
    part: Bilingual
    window: str
    outcome: Bilingual


@dataclass(frozen=True, kw_only=True)
class CertificateRecord(Paper):
    """证书信息登记单（合作机构记录）: the partner's record of what the issuing body decided and numbered."""

    template = "record"

    reference: str
    programme: Bilingual
    issuing_bodies: tuple[str, ...]
    issued_on: date
    recorded_on: date
    parts: tuple[PartOutcome, ...]
    direction: Bilingual = NOTHING
    valid_until: date | None = None
    lookup_url: str = ""

    def _worded(self) -> Mapping[str, Any]:
        until = self.valid_until
        return {
            "issuers": "、".join(self.issuing_bodies),
            "issued_zh": day_zh(self.issued_on), "issued_en": day_en(self.issued_on),
            "recorded_zh": day_zh(self.recorded_on), "recorded_en": day_en(self.recorded_on),
            "valid_zh": day_zh(until) if until else "", "valid_en": day_en(until) if until else "",
        }


def as_pdf(paper: Paper, *, dated: datetime) -> bytes:
    """The document as PDF/A. Equal facts and an equal `dated` (aware) give equal bytes.

    Raises GlyphMissing and DoesNotFit. Slow (some 20 ms): never inside a transaction.
    """
    return render(paper.template, paper.facts(), dated=dated)


def as_both(paper: Paper, *, dated: datetime) -> tuple[bytes, bytes]:
    """The document as PDF/A, and its first page as PNG, for phones that save pictures but no PDFs. Raises what `as_pdf`
    raises."""
    return render_both(paper.template, paper.facts(), dated=dated)


def day_zh(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def day_en(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def show_span(starts_at: datetime, ends_at: datetime) -> str:
    """From when to when on one day, in Beijing."""
    return f"{_clock(starts_at)}–{_clock(ends_at)}（北京时间）"


def shown_moment(moment: datetime) -> str:
    """Day and time in Beijing, as documents print them."""
    return _moment(moment)


def _clock(moment: datetime) -> str:
    return f"{beijing(moment):%H:%M}"


def _shown_end(moment: datetime, last: bool) -> tuple[date, str]:
    """An end at midnight is shown as 24:00 of the day before, as people here say it."""
    local = beijing(moment)
    if last and (local.hour, local.minute) == (0, 0):
        return local.date() - timedelta(days=1), "24:00"
    return local.date(), f"{local:%H:%M}"


def _moment(moment: datetime, *, last: bool = False) -> str:
    day, clock = _shown_end(moment, last)
    return f"{day_zh(day)} {clock}"


def _moment_en(moment: datetime, *, last: bool = False) -> str:
    day, clock = _shown_end(moment, last)
    return f"{day_en(day)} {clock}"


def _made(moment: datetime) -> dict[str, Any]:
    day = beijing(moment).date()
    return {"issued_zh": _moment(moment), "issued_en": day_en(day)}
