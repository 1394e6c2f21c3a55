"""Spot checks 抽查: approvals drawn by lot, looked at by a second reviewer, settled by a lead where the two differ."""

from datetime import datetime

from enroll.applications.lifecycle import SPOT_CHECK
from enroll.applications.models import Application, SpotCheck
from enroll.applications.queries.sampling import approval_of, is_known
from enroll.applications.rules.colleagues import SpotCheckFacts, is_drawn
from enroll.applications.services.reviewing import reopen
from enroll.audit.moves import begin, expect_version, make_move
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.clock import local_day
from enroll.programmes.queries.programmes import rules_of
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction


def draw_spot_check(reference: str, *, now: datetime) -> str:
    """Draw the lot of a case's newest approval: the digest of its row in the audit chain decides, by the percentage in
    force on the day of the approval. Gives the reference of the check, '' where it is not drawn. Twice does nothing
    twice."""
    with transaction() as session:
        application = lock(session, Application, Application.reference == reference)
        approval = approval_of(session, reference)
        if approval is None or is_known(session, approval.seq):
            return ""
        percent = rules_of(application.window.programme, local_day(approval.at)).spot_check_percent
        if not is_drawn(approval.digest, percent):
            return ""
        record = SpotCheck(
            reference=next_reference(session, "S"), application_id=application.id, learner_id=application.learner_id,
            decided_by_id=approval.actor_id, decided_at=approval.at, audit_seq=approval.seq,
            audit_digest=approval.digest, percent=percent, drawn_at=now)
        begin(session, SPOT_CHECK, record, by=SYSTEM, now=now, application=reference, approval=approval.seq)
        return record.reference


def look_again(
    reference: str, move: str, *, words: str = "", by: Actor, now: datetime, seen_version: int | None = None
) -> None:
    """Move a spot check: `agree` and `disagree` by a second reviewer, `settle` and `reopen` by a lead. With `reopen`
    the case itself is reviewed again, or both are refused. The learner's label and messages do not change."""
    with transaction() as session:
        record = lock(session, SpotCheck, SpotCheck.reference == reference)
        expect_version(record, seen_version)
        make_move(session, SPOT_CHECK, record, move, by=by, now=now, facts=spot_check_facts(record), reason=words)
        if move in {"agree", "disagree"}:
            record.looked_at, record.looked_by_id, record.words = now, by.account_id, words
        if move == "reopen":
            reopen(record.application.reference, reason=words, by=by, now=now)


def spot_check_facts(record: SpotCheck) -> SpotCheckFacts:
    return SpotCheckFacts(record.application.learner.account_id, record.decided_by_id)
