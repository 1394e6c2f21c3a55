"""Which figures there are, and what a value of each must look like."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_, say
from enroll.learners.rules.education import EDUCATION, EDUCATION_NAMES
from enroll.programmes.rules.arrangements import ACCOMMODATION_NAMES, MOST_MINUTES
from enroll.programmes.rules.proposal import fits_policy
from enroll.programmes.rules.windows import DATE_LABELS

HOURS_AT_SUBMIT = ("credited_and_pending", "credited")
NUMBER_SOURCES = ("body", "delegated_series")
CERTIFICATE_DOCUMENTS = ("body_file", "partner_record", "delegated")


@dataclass(frozen=True)
class Number:
    """One of the numbers of a figure that has several."""

    name: str
    label: str
    low: int
    high: int


@dataclass(frozen=True)
class KnownRule:
    """One figure: its key, its label, whether a value fits, and how staff enter it (a kind of forms/figures.py).

    `none_is_said`: "no figure" is a value of its own, for example no limit of resits. `options`: those to
    choose from. `numbers`: those that a figure of several is made of.
    """

    key: str
    label: str
    entered_as: str
    fits: Callable[[Any], bool]
    none_is_said: bool = False
    options: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()

    def fault(self, value: Any) -> Problem | None:
        if (self.none_is_said if value is None else self.fits(value)):
            return None
        return problem("value_does_not_fit", N_("This value does not fit the rule “%(rule)s”."), field="value",
                       rule=say(self.label))


def whole(key: str, label: str, low: int, high: int, *, none_is_said: bool = False) -> KnownRule:
    return KnownRule(key, label, "whole", lambda value: _is_whole(value, low, high), none_is_said)


def flag(key: str, label: str) -> KnownRule:
    return KnownRule(key, label, "flag", lambda value: isinstance(value, bool))


def choice(key: str, label: str, options: tuple[str, ...]) -> KnownRule:
    return KnownRule(key, label, "choice", lambda value: value in options, options=options)


def several(key: str, label: str, options: tuple[str, ...], fits: Callable[[Any], bool]) -> KnownRule:
    return KnownRule(key, label, "several", fits, options=options)


def figures(key: str, label: str, fits: Callable[[Any], bool], *numbers: Number) -> KnownRule:
    return KnownRule(key, label, "figures", fits, numbers=numbers)


def _is_whole(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_bilingual(value: Any) -> bool:
    if isinstance(value, str):
        return bool(value.strip())
    given = [value.get("zh"), value.get("en")] if isinstance(value, dict) else [None]
    return all(isinstance(one, str) and one.strip() for one in given)


def _all(fits: Callable[[Any], bool], *, at_least: int = 0) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and len(value) >= at_least and all(fits(one) for one in value)


def _is_direction(value: Any) -> bool:
    return (
        isinstance(value, dict) and isinstance(value.get("code"), str) and _is_bilingual(value.get("name"))
        and _is_whole(value.get("minutes"), 1, 10_000) and _is_bilingual(value.get("summary"))
        and _all(_is_bilingual)(value.get("roles", [])) and _all(_is_bilingual)(value.get("path", []))
    )


def _is_refund_rule(value: Any) -> bool:
    if not (isinstance(value, dict) and isinstance(value.get("code"), str) and _is_bilingual(value.get("when"))):
        return False
    return _is_whole(value.get("percent"), 0, 100) or _is_bilingual(value.get("formula"))


def _is_month_list(value: Any) -> bool:
    return _all(lambda one: _is_whole(one, 1, 12), at_least=1)(value)


def _is_span(value: Any) -> bool:
    return _all(lambda one: _is_whole(one, 1, 600))(value) and len(value) == 2 and value[0] <= value[1]


UNUSUAL_STUDY = (
    Number("beats_least", N_("Time signals from which their evenness is looked at"), 5, 500),
    Number("beats_spread_ms", N_("Too even: signals that differ by less than (milliseconds)"), 0, 5000),
    Number("night_from", N_("Night begins at (hour)"), 0, 23),
    Number("night_until", N_("Night ends at (hour)"), 1, 24),
    Number("night_minutes", N_("Minutes in one night from which it is looked at"), 1, 720),
    Number("takeovers_a_day", N_("Changes of device in a day from which it is looked at"), 1, 100),
    Number("seconds_a_question", N_("Seconds a quiz question takes at least"), 0, 120),
)


def _is_unusual_study(value: Any) -> bool:
    return (isinstance(value, dict) and value.keys() == {one.name for one in UNUSUAL_STUDY}
            and all(_is_whole(value[one.name], one.low, one.high) for one in UNUSUAL_STUDY)
            and value["night_from"] < value["night_until"])


def _is_rate(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0.5 <= value <= 4


def _is_format_list(value: Any) -> bool:
    return _all(lambda one: one in ("jpg", "jpeg", "png"), at_least=1)(value)


KNOWN = (
    # who may come
    whole("min_age", N_("Least age on the first exam day (years)"), 0, 100, none_is_said=True),
    KnownRule("min_education", N_("Least education"), "choice", lambda value: value in EDUCATION, True, EDUCATION),
    KnownRule("preferred_majors", N_("Preferred majors"), "word_list", _all(_is_bilingual)),
    KnownRule("other_majors", N_("What is said about other majors"), "words", _is_bilingual),
    whole("self_sign_up_min_age", N_("Least age to sign up oneself (years)"), 0, 100),
    whole("guardian_until_age", N_("Guardian acknowledges below this age (years)"), 0, 100),
    # course hours
    whole("hour_unit_minutes", N_("Minutes of one course hour"), 30, 60),
    whole("required_hours", N_("Course hours required"), 0, 1000),
    whole("min_practice_hours", N_("Of these, practice hours at least"), 0, 1000),
    whole("directions_required", N_("Directions to complete"), 0, 10),
    KnownRule("directions", N_("Directions"), "directions", _all(_is_direction)),
    whole("max_credited_hours_per_day", N_("Course hours credited a day at most"), 1, 24),
    whole("hours_external_max", N_("Course hours from elsewhere at most"), 0, 1000, none_is_said=True),
    whole("dispute_days", N_("Days in which uncounted time can be disputed"), 0, 365, none_is_said=True),
    whole("manual_alone_hours", N_("Course hours that one person may enter by hand"), 0, 100, none_is_said=True),
    figures("unusual_study", N_("What looks unusual in study (time signals, nights, devices, quizzes)"),
            _is_unusual_study, *UNUSUAL_STUDY),
    whole("live_attendance_percent", N_("Attendance from which a live class counts (%)"), 1, 100),
    whole("practice_working_days", N_("Working days to mark a practice assignment"), 1, 30),
    choice("hours_at_submit", N_("Hours that count when an application is submitted"), HOURS_AT_SUBMIT),
    flag("study_before_payment", N_("Study may begin before the training fee is paid")),
    # the lesson player
    KnownRule("max_playback_rate", N_("Fastest playback that counts"), "rate", _is_rate),
    flag("allow_seek_forward_first_view", N_("Skipping ahead on the first view")),
    figures("presence_check_minutes", N_("Minutes between presence checks (from, to)"), _is_span,
            Number("0", N_("From (minutes)"), 1, 600), Number("1", N_("To (minutes)"), 1, 600)),
    whole("presence_check_timeout_seconds", N_("Seconds to answer a presence check"), 10, 3600),
    whole("presence_check_none_up_to_minutes", N_("No presence check in lessons up to (minutes)"), 0, 240),
    whole("heartbeat_seconds", N_("Seconds between time signals of the player"), 15, 30),
    whole("offline_seconds", N_("Longest lost line whose study still counts (seconds)"), 0, 540),
    flag("single_device", N_("One device at a time")),
    # marks
    whole("pass_mark.theory", N_("Pass mark of the theory exam (points)"), 0, 1000),
    whole("pass_mark.practical", N_("Pass mark of the practical assessment (points)"), 0, 1000),
    whole("pass_mark.full", N_("Full marks (points)"), 1, 1000),
    whole("mark_scale", N_("Kept parts of a point"), 10, 10),
    whole("mark_step", N_("Smallest step of a mark (points)"), 1, 10),
    whole("keep_passed_subject_windows", N_("A passed subject is kept for so many windows"), 0, 60),
    whole("max_resits", N_("Resits at most"), 0, 100, none_is_said=True),
    whole("score_review_days", N_("Days to ask for a score review"), 0, 365),
    # dates
    KnownRule("window_calendar", N_("How the dates of a window follow from its first day"), "calendar", fits_policy),
    several("window_months", N_("Months with an exam window"), tuple(str(month) for month in range(1, 13)),
            _is_month_list),
    whole("review_working_days", N_("Working days for a review"), 1, 60),
    flag("second_opinion_holds", N_("A decision waits for the second opinion that was asked for")),
    whole("spot_check_percent", N_("Approvals that a second reviewer looks at again (%)"), 0, 100),
    whole("correction_working_days", N_("Working days for a correction"), 1, 60),
    whole("payment_grace_hours", N_("Hours to pay after the approval"), 0, 720),
    whole("waiting_offer_hours", N_("Hours to accept a seat from the waiting list"), 1, 720),
    flag("waiting_beside_seat", N_("Waiting for a sitting while holding a seat in another one")),
    several("accommodations", N_("Accommodations that can be asked for"), tuple(ACCOMMODATION_NAMES),
            lambda value: _all(lambda one: one in ACCOMMODATION_NAMES)(value)),
    whole("most_extra_minutes", N_("Extra time at most (minutes)"), 1, MOST_MINUTES),
    whole("max_transfers", N_("Transfers to a later window at most"), 0, 20),
    whole("transfer_working_days", N_("Working days before the first exam day until which a transfer can be asked for"),
          0, 60),
    whole("outage_grace_hours", N_("Hours that deadlines in an outage are extended at least"), 0, 336),
    whole("recovery_wait_hours", N_("Hours a new sign-in address waits, so that the old one can object"), 1, 720),
    whole("recovery_valid_days", N_("Days in which a request for a lost sign-in must be decided"), 1, 90),
    whole("revival_hours", N_("Hours in which a lapsed application can be revived"), 0, 720),
    # photo
    whole("photo.width", N_("Photo width (pixels)"), 50, 5000),
    whole("photo.height", N_("Photo height (pixels)"), 50, 5000),
    whole("photo.min_kb", N_("Photo file at least (kB)"), 0, 10_000),
    whole("photo.max_kb", N_("Photo file at most (kB)"), 1, 10_000),
    several("photo.formats", N_("Photo formats"), ("jpg", "jpeg", "png"), _is_format_list),
    KnownRule("photo.background", N_("Photo background"), "text", lambda value: isinstance(value, str) and bool(value)),
    whole("photo_valid_months", N_("Months a photo stays good for a resit"), 0, 120),
    # the exam itself
    flag("online_exam.camera", N_("Camera on in the online exam")),
    whole("online_exam.max_leave_screen", N_("Leaving the exam page at most"), 0, 1000),
    whole("online_exam.late_minutes", N_("Latest entry online (minutes)"), 0, 1000, none_is_said=True),
    whole("online_exam.autosave_seconds", N_("Seconds between saves of the answers"), 1, 3600),
    flag("online_exam.answers_survive_disconnect", N_("Answers are kept when the line breaks")),
    whole("onsite_exam.arrive_before_minutes", N_("Be on site before the start (minutes)"), 0, 600),
    whole("onsite_exam.late_limit_minutes", N_("Latest entry on site (minutes)"), 0, 600),
    whole("onsite_exam.no_leave_before_end_minutes", N_("No leaving in the last (minutes)"), 0, 600),
    whole("incident_statement_days", N_("Days to state one's case after an incident"), 0, 90, none_is_said=True),
    whole("incident_appeal_days", N_("Days to appeal against a decision on an incident"), 0, 365, none_is_said=True),
    whole("excuse_days", N_("Days after the exam in which an excuse can be asked for"), 0, 365, none_is_said=True),
    # certificate and money
    choice("number_source", N_("Who numbers the certificates"), NUMBER_SOURCES),
    choice("certificate_document", N_("Which certificate document is given out"), CERTIFICATE_DOCUMENTS),
    whole("certificate_valid_years", N_("Years a certificate is valid"), 1, 100, none_is_said=True),
    KnownRule("exam_refund_rules", N_("Refund of the exam fee"), "refunds", _all(_is_refund_rule, at_least=1)),
    KnownRule("training_refund_rules", N_("Refund of the training fee"), "refunds", _all(_is_refund_rule, at_least=1)),
)
KNOWN_BY_KEY = {one.key: one for one in KNOWN}
OPTION_NAMES = {
    **EDUCATION_NAMES,
    **ACCOMMODATION_NAMES,
    "credited_and_pending": N_("credited hours and hours handed in"),
    "credited": N_("credited hours only"),
    "body": N_("the issuing body"),
    "delegated_series": N_("a series delegated to us in writing"),
    "body_file": N_("the issuing body's own file"),
    "partner_record": N_("our record of the certificate"),
    "delegated": N_("printed by us with the body's written authority"),
}
FIGURE_NAMES = {
    **OPTION_NAMES, **DATE_LABELS, **{one.name: one.label for one in UNUSUAL_STUDY},
    "week": N_("Saturday of the month that begins the window"), "offsets": N_("Dates, counted from it"),
    "certificates_after": N_("Certificates: days after the first exam day"),
    "answer_working_days": N_("Working days to answer a score review"),
}


def parts_of(key: str, value: Any) -> list[tuple[str, Any]]:
    """A value that groups several figures (pass_mark, photo) as its single ones; any other as itself."""
    if key not in KNOWN_BY_KEY and isinstance(value, dict):
        return [(f"{key}.{name}", part) for name, part in value.items()]
    return [(key, value)]


def fault_of(key: str, value: Any) -> Problem | None:
    """Why this figure cannot be kept: unknown, or with a value that does not fit."""
    known = KNOWN_BY_KEY.get(key)
    if known is None:
        return problem("rule_unknown", N_("There is no rule “%(key)s”."), field="key", key=key)
    return known.fault(value)
