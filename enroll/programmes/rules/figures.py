"""The dated figures of a programme, each with its source. None of them is a constant here: a figure that is not stated
for a day is an error that names it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from enroll.foundation.minutes import minutes_needed
from enroll.foundation.words import Bilingual


class RuleMissing(LookupError):
    """The programme has no value for these rules on that day; nothing may be decided without them."""

    def __init__(self, programme_code: str, keys: Iterable[str], on: date):
        self.programme_code, self.keys, self.on = programme_code, tuple(keys), on
        super().__init__(f"{programme_code} has no rule for {', '.join(self.keys)} on {on.isoformat()}")


@dataclass(frozen=True)
class Rule:
    """One figure as it stands: since when, said by whom. `official` is stated by the issuing body; the others are
    assumptions of this installation (演示默认值) and shown as such."""

    key: str
    value: Any
    from_on: date
    official: bool
    source: str


def bilingual(value: Any) -> Bilingual:
    """From a rule's value: {"zh": …, "en": …}, or a plain text for everybody."""
    return Bilingual(value) if isinstance(value, str) else Bilingual(value["zh"], value.get("en", ""))


@dataclass(frozen=True)
class Direction:
    """A direction 专业方向 one can choose, and the minutes that complete it."""

    code: str
    name: Bilingual
    summary: Bilingual
    posts: tuple[Bilingual, ...]
    path: tuple[Bilingual, ...]
    minutes: int


@dataclass(frozen=True)
class RefundRule:
    """Which share of what was paid comes back; `when` in the words learners read. `percent` None: by `formula`."""

    code: str
    when: Bilingual
    percent: int | None
    formula: Bilingual | None = None


@dataclass(frozen=True)
class PassMarks:
    """Tenths of a point."""

    theory: int
    practical: int
    full: int
    step: int

    def of(self, part: str) -> int:
        return {"theory": self.theory, "practical": self.practical}[part]


@dataclass(frozen=True)
class PhotoRule:
    width: int
    height: int
    min_kb: int
    max_kb: int
    formats: tuple[str, ...]
    background: str


@dataclass(frozen=True)
class OnlineExamRule:
    camera: bool
    max_leave_screen: int
    late_minutes: int | None
    autosave_seconds: int
    answers_survive_disconnect: bool


@dataclass(frozen=True)
class OnsiteExamRule:
    arrive_before_minutes: int
    late_limit_minutes: int
    no_leave_before_end_minutes: int


@dataclass(frozen=True, kw_only=True)
class EntryRules:
    """What somebody must bring to be admitted. None: the programme does not ask for it."""

    programme_code: str
    edition: int
    on: date
    stated: tuple[Rule, ...] = field(repr=False)
    min_age: int | None = None
    min_education: str | None = None
    preferred_majors: tuple[Bilingual, ...] = ()
    other_majors: Bilingual | None = None
    self_sign_up_min_age: int | None = None
    guardian_until_age: int | None = None
    hour_unit_minutes: int | None = None
    required_hours: int | None = None
    min_practice_hours: int | None = None
    directions_required: int | None = None
    hours_at_submit: str = "credited"

    def rule(self, key: str) -> Rule | None:
        """The figure with its source and date, for pages that say where it comes from."""
        return next((one for one in self.stated if one.key == key), None)


@dataclass(frozen=True, kw_only=True)
class ProgrammeRules(EntryRules):
    """Every figure a programme is run by, as it stands on one day. Ages in years, money in fen, marks in tenths."""

    self_sign_up_min_age: int
    guardian_until_age: int
    hour_unit_minutes: int
    required_hours: int
    min_practice_hours: int
    directions_required: int
    directions: tuple[Direction, ...]
    hours_at_submit: str
    max_credited_hours_per_day: int
    hours_external_max: int | None
    dispute_days: int | None = None
    manual_alone_hours: int | None = None
    unusual_study: dict[str, int] | None = None
    live_attendance_percent: int | None = None
    practice_working_days: int | None = None
    offline_seconds: int | None = None
    second_opinion_holds: bool = True
    spot_check_percent: int = 0
    accommodations: tuple[str, ...] | None = None
    most_extra_minutes: int | None = None
    recovery_wait_hours: int | None = None
    recovery_valid_days: int | None = None
    max_transfers: int | None = None
    transfer_working_days: int | None = None
    outage_grace_hours: int | None = None
    incident_statement_days: int | None = None
    incident_appeal_days: int | None = None
    excuse_days: int | None = None
    study_before_payment: bool
    max_playback_rate: float
    allow_seek_forward_first_view: bool
    presence_check_minutes: tuple[int, int]
    presence_check_timeout_seconds: int
    presence_check_none_up_to_minutes: int
    heartbeat_seconds: int
    single_device: bool
    pass_marks: PassMarks
    keep_passed_subject_windows: int
    max_resits: int | None
    score_review_days: int
    window_months: tuple[int, ...]
    review_working_days: int
    correction_working_days: int
    payment_grace_hours: int
    waiting_offer_hours: int
    revival_hours: int
    waiting_beside_seat: bool | None
    photo: PhotoRule
    photo_valid_months: int
    online_exam: OnlineExamRule
    onsite_exam: OnsiteExamRule
    number_source: str
    certificate_document: str
    certificate_valid_years: int | None
    exam_refund_rules: tuple[RefundRule, ...]
    training_refund_rules: tuple[RefundRule, ...]

    @property
    def required_minutes(self) -> int:
        return minutes_needed(self.required_hours, self.hour_unit_minutes)

    @property
    def practice_minutes(self) -> int:
        return minutes_needed(self.min_practice_hours, self.hour_unit_minutes)

    @property
    def most_minutes_a_day(self) -> int:
        return minutes_needed(self.max_credited_hours_per_day, self.hour_unit_minutes)

    def direction(self, code: str) -> Direction | None:
        return next((one for one in self.directions if one.code == code), None)
