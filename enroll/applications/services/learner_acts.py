"""What applying and reviewing write into learners' own records: consents given at the submission, checks decided with
the case. One place, so that nothing else here knows how learners keep them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from enroll.applications.queries.people import check_of, consents_in_force, texts_at
from enroll.applications.rules.items import ItemGiven
from enroll.audit import services as audit
from enroll.audit.moves import make_move
from enroll.foundation.actor import Actor
from enroll.learners.events import IdentityCheckMoved, IdentityVerified
from enroll.learners.lifecycle import IDENTITY_CHECK, CheckKind, CheckState
from enroll.learners.models import Consent, IdentityCheck, Learner, ReturnedDetail
from enroll.learners.rules.checks import CheckFacts
from enroll.storage import outbox
from enroll.storage.database import lock


def give_consents(
    session: Session, learner: Learner, ticked: Mapping[str, int], *, by: Actor, now: datetime,
    network_address: str = "", again: Collection[str] = (),
) -> None:
    """Keep each ticked text, by the version that was read. A version that is not the present one is not taken; one
    that is in force already is kept as it is, unless it is to be given `again`."""
    given = set(consents_in_force(session, learner.id, now)) - set(again)
    for text in texts_at(session, now):
        if ticked.get(text.code) == text.version and text.code not in given:
            session.add(Consent(learner_id=learner.id, text_id=text.id, given_at=now, given_by_name=by.name,
                                network_address=network_address))
            audit.record(session, "consent.give", learner.reference, by=by, now=now, learner_id=learner.id,
                         text=text.code, version=text.version)
    session.flush()


def verify_checks(session: Session, learner: Learner, kinds: Iterable[CheckKind], *, by: Actor, now: datetime) -> None:
    """Verify the identity, accept the photo: those of `kinds` that wait for a verdict."""
    for kind in kinds:
        check = check_of(session, learner.id, kind)
        if check is not None and check.state in {CheckState.SUBMITTED, CheckState.UNABLE}:
            _decide(session, learner, check, "verify", by=by, now=now)


def return_checks(
    session: Session, learner: Learner, items: Mapping[CheckKind, Sequence[ItemGiven]], *, by: Actor, now: datetime
) -> None:
    """Return the identity or the photo with its named items, so that the learner can change exactly these."""
    for kind, given in items.items():
        check = check_of(session, learner.id, kind)
        if check is not None and given:
            _decide(session, learner, check, "return", by=by, now=now, reason=" ".join(one.words for one in given))
            session.add_all(
                ReturnedDetail(check_id=check.id, item=one.item, reason_code=one.reason_code, words=one.words,
                               returned_at=now)
                for one in given
            )


def _decide(
    session: Session, learner: Learner, check: IdentityCheck, move: str, *, by: Actor, now: datetime, reason: str = ""
) -> None:
    check = lock(session, IdentityCheck, IdentityCheck.id == check.id)
    facts = CheckFacts(learner.account_id, guardian_acknowledged=True)
    make_move(session, IDENTITY_CHECK, check, move, by=by, now=now, facts=facts, reason=reason)
    check.decided_at, check.decided_by_id = now, by.account_id
    outbox.record(session, IdentityCheckMoved(learner.id, check.reference, check.kind, move, check.state), now)
    if move == "verify" and check.kind == CheckKind.IDENTITY:
        outbox.record(session, IdentityVerified(learner.id), now)
