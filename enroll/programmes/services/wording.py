"""The house adds to the words it does not publish, narrows them, or lets one go: from a day on, with a source."""

from datetime import date, datetime

from sqlalchemy import select

from enroll.audit import services as audit
from enroll.foundation.actor import Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.programmes.models import ForbiddenWording
from enroll.programmes.rules.advertising import Wording, phrase_fault
from enroll.storage.database import transaction


def set_wording(new: Wording, *, by: Actor, now: datetime) -> None:
    """Let a phrase be looked for so from that day on. Raises Refused for one too short to look for, a past day, a
    missing source, and a second value from the same day."""
    with transaction() as session:
        faults = [one for one in (phrase_fault(new.phrase), _without_source(new), _past(new.from_on, now)) if one]
        same = select(ForbiddenWording.id).where(ForbiddenWording.phrase == new.phrase,
                                                 ForbiddenWording.from_on == new.from_on)
        if session.scalar(same) is not None:
            faults.append(problem("already_dated", N_("There already is a value from %(day)s; choose a later day."),
                                  field="from_on", day=new.from_on))
        if faults:
            raise Refused(faults)
        session.add(ForbiddenWording(phrase=new.phrase, reach=str(new.where), source=new.source, from_on=new.from_on))
        audit.record(session, "programmes.set_wording", "wording", by=by, now=now, phrase=new.phrase,
                     where=str(new.where), source=new.source, from_on=new.from_on.isoformat())


def _without_source(new: Wording) -> Problem | None:
    if new.source.strip():
        return None
    return problem("source_missing", N_("Say where this figure comes from."), field="source")


def _past(day: date, now: datetime) -> Problem | None:
    return problem("past_day", N_("Choose today or a later day."), field="from_on") if day < local_day(now) else None
