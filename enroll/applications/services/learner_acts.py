"""What applying and reviewing write into learners' own records, through learners' own services: consents given with the
submission, checks decided with the case."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from enroll.applications.queries.people import consents_in_force, texts_at
from enroll.applications.rules.items import ITEM_NAMES, Item, ItemGiven
from enroll.audit import services as audit
from enroll.foundation.actor import Actor
from enroll.foundation.problems import Refused, problem
from enroll.foundation.words import N_, say
from enroll.learners.lifecycle import CheckKind, CheckState
from enroll.learners.models import Consent, Learner
from enroll.learners.queries.checks import checks_of
from enroll.learners.services.consents import give_consents
from enroll.learners.services.identity import ReturnItem, decide_check

AWAITED = frozenset({CheckState.SUBMITTED, CheckState.UNABLE})


def keep_consents(
    session: Session, learner: Learner, ticked: Mapping[str, int], *, by: Actor, now: datetime,
    network_address: str = "", again: Collection[str] = (),
) -> None:
    """Keep the texts of an application that were ticked, by the version that was read; `again` names those that are
    signed anew though they are in force. Raises Refused where a text has changed since it was read."""
    asked = {text.code: text for text in texts_at(session, now)}
    in_force = consents_in_force(session, learner.id, now)
    give_consents(learner.id, {code: version for code, version in ticked.items() if code in asked}, by=by, now=now,
                  network_address=network_address)
    for code in set(again) & set(ticked) & set(in_force):
        session.add(Consent(learner_id=learner.id, text_id=asked[code].id, given_at=now, given_by_name=by.name,
                            network_address=network_address))
        audit.record(session, "consent.give", learner.reference, by=by, now=now, learner_id=learner.id, text=code,
                     version=asked[code].version)
    session.flush()


def verify_checks(session: Session, learner: Learner, kinds: Iterable[CheckKind], *, by: Actor, now: datetime) -> None:
    """Verify the identity, accept the photo: those of `kinds` that wait for a verdict."""
    checks = checks_of(session, learner.id)
    for kind in kinds:
        check = checks.get(kind)
        if check is not None and check.state in AWAITED:
            decide_check(check.reference, "verify", by=by, now=now)


def return_checks(
    session: Session, learner: Learner, items: Mapping[CheckKind, Sequence[ItemGiven]], *, by: Actor, now: datetime
) -> None:
    """Return the identity or the photo with its named items, so that the learner can change exactly these.

    Raises Refused for what was verified before: that is locked, and nobody could correct it."""
    checks = checks_of(session, learner.id)
    for kind, given in items.items():
        check = checks.get(kind)
        if check is not None and given and check.state == CheckState.VERIFIED:
            raise Refused(problem("verified_already", N_("%(what)s: verified already, and locked since."),
                                  field="return_reasons", what=tuple(say(ITEM_NAMES[Item(one.item)]) for one in given)))
        if check is not None and given:
            named = [ReturnItem(one.item, one.reason_code, one.words) for one in given]
            decide_check(check.reference, "return", by=by, now=now, items=named)
