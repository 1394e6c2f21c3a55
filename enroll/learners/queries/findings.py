"""What the machine finds about a learner's identity and photo. Looks at pictures and fonts, so it is asked by pages,
never inside a transaction."""

from datetime import datetime
from functools import lru_cache

from sqlalchemy.orm import Session

from enroll.documents.pdf import unprintable
from enroll.documents.photos import PhotoRule, check_photo
from enroll.foundation.clock import local_day
from enroll.foundation.problems import Problem
from enroll.learners.models import Learner
from enroll.learners.queries.checks import Doubles, Handed, doubles_of, handed_by
from enroll.learners.rules.checks import Given
from enroll.learners.rules.findings import Finding, FindingFacts, findings_of
from enroll.storage.files import read_file


def automatic_findings(
    session: Session, learner: Learner, now: datetime, *, photo_rule: PhotoRule | None = None,
    handed: Handed | None = None, doubles: Doubles | None = None,
) -> list[Finding]:
    """Every automatic check with its answer, exceptions first; without a `photo_rule` the photo counts as unchecked;
    `handed` and `doubles` where they have been read. Raises FileIsWrong when a picture on disk is not what its row
    says."""
    handed = handed or handed_by(session, learner, now)
    files, guardian, doubles = handed.files, handed.guardian, doubles or doubles_of(session, learner)
    photo: tuple[Problem, ...] | None = None
    if photo_rule is not None and "photo" in files:
        photo = check_photo(read_file(files["photo"].file), photo_rule)
    return findings_of(FindingFacts(
        today=local_day(now), birth_date=learner.birth_date, number=learner.id_number or "",
        given=Given(learner.legal_name, learner.latin_name, learner.id_type, learner.sex, frozenset(files),
                    handed.agreed),
        same_name_and_birth=doubles.same_name_and_birth, same_pictures=doubles.same_pictures,
        guardian_acknowledged=guardian is not None and guardian.acknowledged_at is not None,
        unprintable=_unprintable(learner.legal_name), photo=photo,
    ))


@lru_cache(maxsize=2048)
def _unprintable(name: str) -> tuple[str, ...]:
    return unprintable(name)
