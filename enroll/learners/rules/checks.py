"""What must be true of an identity or a photo before it is handed in or verified, and who may decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from enroll.foundation.actor import Actor
from enroll.foundation.clock import beijing
from enroll.foundation.problems import OWN_RECORD, Problem, problem
from enroll.foundation.words import N_
from enroll.learners.rules.behalf import did_not_act_for_them
from enroll.learners.rules.names import is_latin
from enroll.learners.rules.numbers import PRINTS_LATIN, IdType

ONE_SIDED = frozenset({IdType.PASSPORT})
# What can be returned, by kind of check; the reason library is asked by these.
IDENTITY_ITEMS = ("name", "id_document", "guardian", "other")
PHOTO_ITEMS = ("photo", "other")

REVIEW_DAYS = 3  # working days within which a person answers; shown to both sides


@dataclass(frozen=True)
class CheckFacts:
    """What a move of an identity check depends on. `missing` are Problems from the automatic checks, ready to show."""

    learner_account_id: int
    missing: tuple[Problem, ...] = ()
    needs_guardian: bool = False
    guardian_acknowledged: bool = False
    waits_for_name: bool = False
    helpers: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Given:
    """What a learner has given so far. `files` are the kinds of pictures in force, `agreed` whether every consent that
    handing in needs is in force."""

    legal_name: str = ""
    latin_name: str = ""
    id_type: str | None = None
    sex: str = ""
    files: frozenset[str] = frozenset()
    agreed: bool = False
    needs_guardian: bool = False
    guardian_named: bool = False


def missing_of_identity(given: Given) -> list[Problem]:
    """What still has to be given before the identity can be handed in; each leads to the page where it is given."""
    found = []
    if not given.agreed:
        found.append(problem("consent_missing", N_("Your separate consent to processing document data is missing."),
                             mend="learners.consents"))
    if not given.legal_name or not given.id_type or not given.sex:
        found.append(problem("details_missing", N_("Name and document number are missing."), mend="learners.details"))
    elif given.id_type in PRINTS_LATIN and not given.latin_name and not is_latin(given.legal_name):
        found.append(problem("latin_name_missing", N_("The name in Latin letters, as your document prints it, is "
                                                      "missing."),
                             mend="learners.details"))
    found += [problem(f"{side}_missing", words, mend="learners.document") for side, words in missing_sides(given)]
    if given.needs_guardian and not given.guardian_named:
        found.append(problem("guardian_unnamed", N_("Your guardian has not been named yet."), mend="learners.guardian"))
    return found


def missing_of_photo(given: Given) -> list[Problem]:
    if "photo" in given.files:
        return []
    return [problem("photo_missing", N_("The ID photo is missing."), mend="learners.photo")]


def missing_sides(given: Given) -> Sequence[tuple[str, str]]:
    sides = [("id_front", N_("The picture of the document's portrait side is missing."))]
    if given.id_type not in ONE_SIDED:
        sides.append(("id_back", N_("The picture of the document's other side is missing.")))
    return [(side, words) for side, words in sides if side not in given.files]


def check_is_complete(facts: CheckFacts) -> Problem | None:
    return facts.missing[0] if facts.missing else None


def guardian_has_acknowledged(facts: CheckFacts) -> Problem | None:
    if facts.needs_guardian and not facts.guardian_acknowledged:
        return problem("guardian_missing", N_("The guardian of a learner under 18 has not acknowledged yet."))
    return None


def name_is_entered(facts: CheckFacts) -> Problem | None:
    if facts.waits_for_name:
        return problem("name_to_enter", N_("The learner cannot type their name: enter it from the picture first."))
    return None


def decider_is_another_person(facts: CheckFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id == facts.learner_account_id else None


def decider_did_not_help(facts: CheckFacts, actor: Actor) -> Problem | None:
    return did_not_act_for_them(facts.helpers, actor)


def review_due(submitted_at: datetime) -> datetime:
    """Until when a check is promised: so many days from Monday to Friday on. Public holidays only make it earlier than
    the promise, never later."""
    due, days = submitted_at, REVIEW_DAYS
    while days:
        due += timedelta(days=1)
        days -= beijing(due).weekday() < 5
    return due


def still_open(state: str) -> Problem | None:
    """Whether the learner may change what a check is about."""
    if state == "submitted":
        return problem("being_checked", N_("This is being checked now. You hear from us within three working days; if "
                                           "you see a mistake, tell us and it is returned to you."))
    if state == "verified":
        return problem("already_verified", N_("This is verified and locked, because proofs and tickets rest on it. If "
                                              "it has changed or is wrong, ask us for a correction."))
    return None
