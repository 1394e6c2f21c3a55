"""Beginning an application and choosing its sittings."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.applications.lifecycle import APPLICATION, ApplicationState
from enroll.applications.models import Application
from enroll.applications.queries.openings import enrolment_to_apply_with, live_in, stands_against_beginning
from enroll.applications.queries.parts import past_of
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
        known = live_in(session, learner_id, window.id)
        if known is not None:
            return known
        past = past_of(session, learner_id)
        attempt, problems = past.attempt(window), stands_against_beginning(past, enrolment, window, now)
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


def choose_sittings(
    reference: str, chosen: Mapping[str, str], *, by: Actor, now: datetime, seen_version: int | None = None,
    wait_for: Collection[str] = (), whole: bool = True,
) -> int:
    """Keep the draft's sittings, part by part; gives the draft's version. A seat is held only when the application is
    submitted. In the parts of `wait_for` a full sitting may be chosen: then the submission joins its list. Without
    `whole` a part may still be open: what is chosen so far is kept. The same choice again changes nothing.

    Raises Refused where a part has no sitting, or one that is full, closed or of another part or window.
    """
    with transaction() as session:
        application = lock(session, Application, Application.reference == reference)
        expect_version(application, seen_version)
        if application.state != ApplicationState.DRAFT:
            raise Refused(problem("not_a_draft", N_("Sittings can be chosen before the application is submitted.")))
        parts = [part for part in application.parts if whole or chosen.get(part)]
        problems = against_choice(session, application, chosen, wait_for, parts)
        if problems:
            raise Refused(problems)
        kept = application.chosen | {part: chosen[part] for part in parts}
        waits = {*wait_for} | ({*(application.waiting or ())} - {*parts})
        waiting = [part for part in application.parts if part in waits] or None
        if (kept, waiting) != (application.chosen, application.waiting):
            application.chosen, application.waiting = kept, waiting
            application.version += 1
            audit.record(session, "application.choose", reference, by=by, now=now,
                         learner_id=application.learner_id, **kept)
        return application.version


def against_choice(
    session: Session, application: Application, chosen: Mapping[str, str], wait_for: Collection[str],
    parts: Sequence[str] | None = None,
) -> list[Problem]:
    """What is wrong with these sittings, by part: none, another window's, closed, or full and not waited for. `parts`
    are those that are asked about; without it every part of the application."""
    known = sittings_by_code(session, [code for code in chosen.values() if code])
    found = []
    for part in application.parts if parts is None else parts:
        field, name = f"sitting_{part}", say(PART_NAMES[Part(part)])
        sitting = known.get(chosen.get(part, ""))
        if sitting is None or sitting.part != part or sitting.window_id != application.window_id:
            found.append(problem("sitting_missing", N_("Choose a sitting for: %(part)s."), field=field, part=name))
        elif sitting.closed_at is not None or (sitting.seats_left <= 0 and part not in wait_for):
            found.append(problem("sitting_full", N_("%(part)s at %(site)s has no seats left; choose another sitting."),
                                 field=field, part=name, site=sitting.site.name))
    return found


def let_employer_pay(reference: str, *, by: Actor, now: datetime) -> None:
    """The exam fee of a draft is the employer's to pay. What was submitted already keeps its payer."""
    with transaction() as session:
        application = lock(session, Application, Application.reference == reference)
        if application.state == ApplicationState.DRAFT and application.fee_payer != Payer.EMPLOYER:
            application.fee_payer = Payer.EMPLOYER
            application.version += 1
            audit.record(session, "application.payer", reference, by=by, now=now, learner_id=application.learner_id,
                         payer=str(Payer.EMPLOYER))


def _enrolment_under_lock(session: Session, learner_id: int, programme_id: int) -> Enrolment:
    """The enrolment is the lock of beginning: two presses at once find one draft."""
    found = enrolment_to_apply_with(session, learner_id, programme_id)
    if found is None:
        raise Refused(problem("not_enrolled", N_("Enrol on the programme and study first."), mend="enrolments.mine"))
    return lock(session, Enrolment, Enrolment.id == found.id)


def _source_of(session: Session, enrolment: Enrolment) -> str:
    return session.scalar(select(Cohort.source).where(Cohort.id == enrolment.cohort_id)) or ""
