"""From the rows that stand on a day to one frozen record of every figure."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from enroll.programmes.rules.figures import (
    Direction,
    EntryRules,
    OnlineExamRule,
    OnsiteExamRule,
    PassMarks,
    PhotoRule,
    ProgrammeRules,
    RefundRule,
    Rule,
    RuleMissing,
    bilingual,
)

ENTRY_KEYS = (
    "min_age", "min_education", "self_sign_up_min_age", "guardian_until_age", "hour_unit_minutes", "required_hours",
    "min_practice_hours", "directions_required", "hours_at_submit",
)
PLAIN_KEYS = (
    "max_credited_hours_per_day", "hours_external_max", "study_before_payment", "max_playback_rate",
    "allow_seek_forward_first_view", "presence_check_timeout_seconds", "presence_check_none_up_to_minutes",
    "heartbeat_seconds", "single_device", "keep_passed_subject_windows", "max_resits", "score_review_days",
    "review_working_days", "correction_working_days", "payment_grace_hours", "waiting_offer_hours", "revival_hours",
    "waiting_beside_seat",
    "photo_valid_months", "number_source", "certificate_document", "certificate_valid_years",
)
PHOTO_KEYS = ("width", "height", "min_kb", "max_kb", "background")
ONLINE_KEYS = ("camera", "max_leave_screen", "late_minutes", "autosave_seconds", "answers_survive_disconnect")
ONSITE_KEYS = ("arrive_before_minutes", "late_limit_minutes", "no_leave_before_end_minutes")
# What an installation may leave unsaid: no limit of days; every entry by hand needs two people;
# nothing unusual is looked for; a lost line is caught up with only as far as a heartbeat may be late;
# nobody transfers to a later window by themselves; a decision waits for the second opinion that was asked for;
# no lost sign-in is given back; no approval is drawn for a second look; no accommodations are offered to choose from.
SPARE_KEYS = ("dispute_days", "manual_alone_hours", "unusual_study", "live_attendance_percent",
              "practice_working_days", "offline_seconds", "max_transfers", "transfer_working_days",
              "recovery_wait_hours", "recovery_valid_days",
              "second_opinion_holds", "spot_check_percent", "outage_grace_hours",
              "accommodations", "most_extra_minutes", "incident_statement_days", "incident_appeal_days",
              "excuse_days")
# A programme that says nothing about these asks for nothing, and forbids nothing.
NOT_ASKED = ("min_age", "min_education", "waiting_beside_seat")


def in_force(rows: Iterable[Rule], on: date) -> tuple[Rule, ...]:
    """Of each figure the value that stands on that day: the youngest that has begun."""
    standing: dict[str, Rule] = {}
    for row in sorted(rows, key=lambda one: one.from_on):
        if row.from_on <= on:
            standing[row.key] = row
    return tuple(standing[key] for key in sorted(standing))


def entry_rules(programme_code: str, edition: int, on: date, stated: tuple[Rule, ...]) -> EntryRules:
    """What somebody must bring, as far as the programme says."""
    said = {one.key: one.value for one in stated}
    given = {key: said[key] for key in ENTRY_KEYS if key in said}
    return EntryRules(programme_code=programme_code, edition=edition, on=on, stated=stated, **given, **_majors(said))


def programme_rules(programme_code: str, edition: int, on: date, stated: tuple[Rule, ...]) -> ProgrammeRules:
    """Every figure, or RuleMissing naming all that are not stated for the day."""
    said = _Said({one.key: one.value for one in stated})
    scale = said["mark_scale"]
    made: dict[str, Any] = {key: said[key] for key in (*ENTRY_KEYS, *PLAIN_KEYS)}
    made |= {key: said.values[key] for key in SPARE_KEYS if key in said.values}
    marks = {part: said[f"pass_mark.{part}"] for part in ("theory", "practical", "full")}
    photo = {key: said[f"photo.{key}"] for key in PHOTO_KEYS}
    formats, months, span = said["photo.formats"], said["window_months"], said["presence_check_minutes"]
    online = {key: said[f"online_exam.{key}"] for key in ONLINE_KEYS}
    onsite = {key: said[f"onsite_exam.{key}"] for key in ONSITE_KEYS}
    directions, step = said["directions"], said["mark_step"]
    exam_refunds, training_refunds = said["exam_refund_rules"], said["training_refund_rules"]
    if said.missing:
        raise RuleMissing(programme_code, said.missing, on)
    return ProgrammeRules(
        programme_code=programme_code, edition=edition, on=on, stated=stated, **_majors(said.values), **made,
        directions=tuple(_direction(one) for one in directions),
        presence_check_minutes=(span[0], span[1]), window_months=tuple(months),
        pass_marks=PassMarks(**{part: points * scale for part, points in marks.items()}, step=step * scale),
        photo=PhotoRule(**photo, formats=tuple(formats)),
        online_exam=OnlineExamRule(**online), onsite_exam=OnsiteExamRule(**onsite),
        exam_refund_rules=refund_rules(exam_refunds), training_refund_rules=refund_rules(training_refunds),
    )


def refund_rules(value: Any) -> tuple[RefundRule, ...]:
    return tuple(
        RefundRule(one["code"], bilingual(one["when"]), one.get("percent"),
                   bilingual(one["formula"]) if one.get("formula") else None)
        for one in value
    )


class _Said:
    """The values by key; asking for one that is not stated notes it and goes on, so that all are named at once."""

    def __init__(self, values: dict[str, Any]):
        self.values, self.missing = values, list[str]()

    def __getitem__(self, key: str) -> Any:
        if key not in self.values and key not in NOT_ASKED:
            self.missing.append(key)
        return self.values.get(key)


def _majors(said: dict[str, Any]) -> dict[str, Any]:
    return {
        "preferred_majors": tuple(bilingual(one) for one in said.get("preferred_majors", ())),
        "other_majors": bilingual(said["other_majors"]) if said.get("other_majors") else None,
    }


def _direction(value: dict[str, Any]) -> Direction:
    return Direction(
        value["code"], bilingual(value["name"]), bilingual(value["summary"]),
        tuple(bilingual(one) for one in value.get("roles", ())),
        tuple(bilingual(one) for one in value.get("path", ())), value["minutes"],
    )
