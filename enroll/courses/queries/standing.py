"""Where somebody stands with their hours: what counts, what waits, what is missing, and which window can be reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from enroll.courses.queries.plan import handed_in, study_overview
from enroll.courses.rules.plan import StudyOverview
from enroll.enrolments.models import Enrolment
from enroll.enrolments.rules import Demands
from enroll.foundation.clock import local_day
from enroll.foundation.problems import Problem
from enroll.foundation.words import N_
from enroll.hours.models import HourClaim, HoursDoubt, HoursProof
from enroll.hours.queries.claims import claims_of, minutes_claimed_waiting
from enroll.hours.queries.doubts import doubts_of, minutes_in_doubt
from enroll.hours.queries.ledger import minutes_lately, sums_and_pace
from enroll.hours.queries.standing import open_windows, proof_ground
from enroll.hours.rules.pace import PACE_DAYS, Forecast, forecast
from enroll.hours.rules.proof import CourseSum
from enroll.hours.rules.standing import ProofFacts, Totals, minutes_left, stands_against_proof, still_missing


@dataclass(frozen=True)
class DemandRow:
    """One thing the programme demands, in minutes: credited, waiting, needed."""

    label: str
    credited: int
    waiting: int
    needed: int
    about: str = ""


@dataclass(frozen=True)
class CourseRow:
    """One course: its credited minutes by kind, those that wait, and all it has."""

    sums: CourseSum
    waiting: int
    minutes: int


@dataclass(frozen=True)
class HoursStanding:
    """The whole of it. `missing` is what the learner can still do; `against` also what others must do first."""

    demands: Demands
    credited: Totals
    waiting: Totals
    demanded: tuple[DemandRow, ...]
    courses: tuple[CourseRow, ...]
    missing: tuple[Problem, ...]
    against: tuple[Problem, ...]
    proof: HoursProof | None
    doubts: tuple[HoursDoubt, ...]
    forecast: Forecast
    today: int
    overview: StudyOverview
    claims: tuple[HourClaim, ...] = ()

    @property
    def in_the_way(self) -> tuple[Problem, ...]:
        """Everything that stands against the proof, the learner's own part first."""
        named = {problem.code for problem in self.missing}
        return self.missing + tuple(problem for problem in self.against if problem.code not in named)

    @property
    def minutes_left(self) -> int:
        return self.forecast.minutes_left


def hours_standing(session: Session, enrolment: Enrolment, now: datetime) -> HoursStanding:
    demands = enrolment.demands
    doubts = tuple(doubts_of(session, enrolment.id))
    overview, ground = study_overview(session, enrolment.id, doubts), proof_ground(session, enrolment)
    credited, proof = ground.balance.totals, ground.newest
    claims = tuple(claims_of(session, enrolment.id))
    waiting = minutes_in_doubt(doubts).and_also(handed_in(overview)).and_also(minutes_claimed_waiting(claims))
    facts = ProofFacts(
        demands, credited, ground.identity_verified,
        sum(doubt.state == "open" for doubt in doubts), proof is not None and proof.state == "revoked",
        open_disputes=0 if proof else ground.open_disputes,
    )
    sums, pace = sums_and_pace(session, enrolment.id, *_days(now))
    return HoursStanding(
        demands, credited, waiting, _demanded(enrolment, credited, waiting),
        _courses(sums, waiting, overview),
        still_missing(demands, credited, enrolment.direction_code), stands_against_proof(facts), proof, doubts,
        _outlook(session, enrolment, credited, now, pace), pace[1], overview, claims,
    )


def _demanded(enrolment: Enrolment, credited: Totals, waiting: Totals) -> tuple[DemandRow, ...]:
    demands, own = enrolment.demands, enrolment.direction_code
    rows = [DemandRow(N_("In all"), credited.minutes, waiting.minutes, demands.required_minutes),
            DemandRow(N_("Of these, practice"), credited.practice, waiting.practice, demands.practice_minutes)]
    if demands.directions:
        rows.append(DemandRow(N_("Your direction %(direction)s"), credited.by_course.get(own, 0),
                              waiting.by_course.get(own, 0), demands.direction_minutes.get(own, 0), about=own))
    return tuple(rows)


def _courses(known: Sequence[CourseSum], waiting: Totals, overview: StudyOverview) -> tuple[CourseRow, ...]:
    whole = {course.code: course.minutes for course in overview.courses}
    return tuple(
        CourseRow(sums, waiting.by_course.get(sums.code, 0), whole.get(sums.code, 0))
        for sums in known
    )


def hours_forecast(session: Session, enrolment: Enrolment, credited: Totals, now: datetime) -> Forecast:
    """Which window can be reached: the same answer on home, with the hours and on the desk."""
    return _outlook(session, enrolment, credited, now, minutes_lately(session, enrolment.id, *_days(now)))


def _days(now: datetime) -> tuple[date, date]:
    """The first of the days that the pace looks at, and today."""
    return local_day(now) - timedelta(days=PACE_DAYS - 1), local_day(now)


def _outlook(
    session: Session, enrolment: Enrolment, credited: Totals, now: datetime, pace: tuple[int, int]
) -> Forecast:
    """`pace` are the minutes of those days, and those of today that the day's limit looks at."""
    (lately, today), demands = pace, enrolment.demands
    left = minutes_left(demands, credited, enrolment.direction_code)
    return forecast(left, demands.most_minutes_a_day, max(lately, 0), local_day(now),
                    open_windows(session, enrolment.programme_id, now), credited_today=today)
