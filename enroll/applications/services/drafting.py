"""Beginning an application and choosing its sittings."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.applications.lifecycle import APPLICATION, LIVE, ApplicationState
from enroll.applications.models import Application
from enroll.applications.queries.corrections import gave_false_material
from enroll.applications.queries.dates import own_dates
from enroll.applications.queries.parts import attempt_of
from enroll.applications.rules.moves import ApplicationFacts, window_is_open
from enroll.applications.rules.parts import Attempt, stands_against_attempt
from enroll.audit import services as audit
from enroll.audit.moves import begin, expect_version
from enroll.enrolments.models import Cohort, Enrolment
from enroll.fees.rules import Payer
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NotFound, Problem, Refused, problem
from enroll.foundation.words import N_, say
from enroll.programmes.lifecycle import WindowState
from enroll.programmes.models import Window
from enroll.sittings.lifecycle import PART_NAMES, Part
from enroll.sittings.queries import sittings_by_code
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction

PAYERS = {"employer": Payer.EMPLOYER}  # who pays for a cohort of this source; everybody else pays for themselves


def begin_application(learner_id: int, window_code: str, *, by: Actor, now: datetime) -> str:
    """Begin a draft for a window, or go on with the one there is; gives its reference.

    Raises Refused with every reason why this learner cannot apply for this window, NotFound without such a window.
    """
    with transaction() as session:
        window = session.scalar(select(Window).where(Window.code == window_code))
        if window is None or window.state == WindowState.DRAFT:
            raise NotFound("Window")
        enrolment = _enrolment_under_lock(session, learner_id, window.programme_id)
        known = _live(session, learner_id, window)
        if known is not None:
            return known.reference
        attempt = attempt_of(session, learner_id, window)
        problems = stands_against_beginning(session, enrolment, window, attempt, now)
        if problems:
            raise Refused(problems)
        application = Application(
            reference=next_reference(session, "A", group=window.code[2:]), learner_id=learner_id,
            programme_id=window.programme_id, enrolment_id=enrolment.id, window_id=window.id, resit=attempt.resit,
            parts=[str(part) for part in attempt.parts], chosen={}, begun_at=now,
            fee_payer=PAYERS.get(_source_of(session, enrolment), Payer.LEARNER),
        )
        begin(session, APPLICATION, application, by=by, now=now, window=window.code, resit=attempt.resit)
        return application.reference


def stands_against_beginning(
    session: Session, enrolment: Enrolment, window: Window, attempt: Attempt, now: datetime
) -> tuple[Problem, ...]:
    """Every reason why this learner cannot begin an application for this window now."""
    lane = own_dates(session, enrolment.learner_id, window, resit=attempt.resit).lane
    facts = ApplicationFacts(enrolment.learner.account_id, now, lane.opens_at, lane.closes_at,
                             window_stands=window.state == WindowState.PUBLISHED)
    found = [one for one in (window_is_open(facts),) if one is not None]
    found += stands_against_attempt(attempt, window.agreed.max_resits if window.terms else None)
    if gave_false_material(session, enrolment.learner_id, window.id):
        found.append(problem("false_material", N_("An application for this window was rejected for false material; "
                                                  "another one is not possible. You may appeal.")))
    return tuple(found)


def choose_sittings(
    reference: str, chosen: Mapping[str, str], *, by: Actor, now: datetime, seen_version: int | None = None
) -> None:
    """Keep the draft's sittings, part by part. A seat is held only when the application is submitted.

    Raises Refused where a part has no sitting, or one that is full, closed or of another part or window.
    """
    with transaction() as session:
        application = lock(session, Application, Application.reference == reference)
        expect_version(application, seen_version)
        if application.state != ApplicationState.DRAFT:
            raise Refused(problem("not_a_draft", N_("Sittings can be chosen before the application is submitted.")))
        problems = _against_choice(session, application, chosen)
        if problems:
            raise Refused(problems)
        application.chosen = {part: chosen[part] for part in application.parts}
        application.version += 1
        audit.record(session, "application.choose", reference, by=by, now=now, learner_id=application.learner_id,
                     **application.chosen)


def _against_choice(session: Session, application: Application, chosen: Mapping[str, str]) -> list[Problem]:
    known = sittings_by_code(session, [code for code in chosen.values() if code])
    found = []
    for part in application.parts:
        field, name = f"sitting_{part}", say(PART_NAMES[Part(part)])
        sitting = known.get(chosen.get(part, ""))
        if sitting is None or sitting.part != part or sitting.window_id != application.window_id:
            found.append(problem("sitting_missing", N_("Choose a sitting for: %(part)s."), field=field, part=name))
        elif sitting.seats_left <= 0 or sitting.closed_at is not None:
            found.append(problem("sitting_full", N_("%(part)s at %(site)s has no seats left; choose another sitting."),
                                 field=field, part=name, site=sitting.site.name))
    return found


def _enrolment_under_lock(session: Session, learner_id: int, programme_id: int) -> Enrolment:
    """The enrolment is the lock of beginning: two presses at once find one draft."""
    wanted = select(Enrolment.id).where(
        Enrolment.learner_id == learner_id, Enrolment.programme_id == programme_id,
        Enrolment.state.in_(["active", "completed"]),
    )
    found = session.scalar(wanted.order_by(Enrolment.id.desc()).limit(1))
    if found is None:
        raise Refused(problem("not_enrolled", N_("Enrol on the programme and study first."), mend="enrolments.mine"))
    return lock(session, Enrolment, Enrolment.id == found)


def _live(session: Session, learner_id: int, window: Window) -> Application | None:
    return session.scalar(select(Application).where(
        Application.learner_id == learner_id, Application.window_id == window.id, Application.state.in_(LIVE)
    ))


def _source_of(session: Session, enrolment: Enrolment) -> str:
    return session.scalar(select(Cohort.source).where(Cohort.id == enrolment.cohort_id)) or ""
