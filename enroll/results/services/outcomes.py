"""Writing down what a window means for each learner, from results that are published."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from enroll.programmes.models import Window
from enroll.results.models import Outcome, Result
from enroll.results.rules.verdicts import OutcomeRules, PartOutcome, Verdict, WindowOutcome, outcome_of, part_outcome
from enroll.sittings.lifecycle import Part
from enroll.sittings.models import PublishedPart
from enroll.sittings.queries import parts_kept, parts_kept_by_learner
from enroll.sittings.services.parts import SettledPart, settle_parts


def write_outcomes(
    session: Session, window: Window, rules: OutcomeRules, rows: Sequence[Result], now: datetime
) -> list[Outcome]:
    """A new outcome for every learner of these rows, and the parts as settled. All results of a learner come along."""
    by_learner: dict[int, dict[str, PartOutcome]] = defaultdict(dict)
    for row in rows:
        by_learner[row.learner_id][row.booking.part] = _part(row, window, rules)
    kept = _kept(session, window, by_learner)
    outcomes = []
    for learner_id, sat in by_learner.items():
        found = outcome_of(window.code, sat, _carried(kept.get(learner_id, {})), rules)
        outcomes.append(_outcome(window, learner_id, found, rules, now))
    session.add_all(outcomes)
    session.flush()
    settle_parts(window, [
        SettledPart(learner_id, part, str(one.verdict), one.kept_until)
        for learner_id, sat in by_learner.items() for part, one in sat.items()
    ], now=now)
    return outcomes


def _part(row: Result, window: Window, rules: OutcomeRules) -> PartOutcome:
    verdict = Verdict(row.verdict or Verdict.VOID)
    return part_outcome(verdict, window.code, None if verdict is Verdict.VOID else row.mark, row.reference, rules)


def _kept(
    session: Session, window: Window, learners: Mapping[int, object]
) -> Mapping[int, Mapping[Part, PublishedPart]]:
    if len(learners) == 1:
        (only,) = learners
        return {only: parts_kept(session, only, window.programme_id, window.code)}
    return parts_kept_by_learner(session, window.programme_id, window.code)


def _carried(kept: Mapping[Part, PublishedPart]) -> dict[str, PartOutcome]:
    """A pass kept from an earlier window. Its mark stands in the outcome of that window."""
    return {
        str(part): PartOutcome(Verdict.PASS, row.window_code, kept_until=row.kept_until) for part, row in kept.items()
    }


def _outcome(
    window: Window, learner_id: int, found: WindowOutcome, rules: OutcomeRules, now: datetime
) -> Outcome:
    return Outcome(
        learner_id=learner_id, programme_id=window.programme_id, window_id=window.id, verdict=str(found.verdict),
        by_part={part: asdict(one) for part, one in sorted(found.by_part.items(), reverse=True)},
        kept_until_window=found.kept_until, computed_at=now,
        rules={**asdict(rules), "months": list(rules.months), "ruled_on": window.agreed.ruled_on.isoformat()},
    )
