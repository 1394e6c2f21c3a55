"""What must be true for each step of a result and of a score review: two people, then a third where they differ."""

from dataclasses import dataclass
from datetime import datetime

from enroll.foundation.actor import Actor
from enroll.foundation.problems import OWN_RECORD, Problem, problem, two_duties
from enroll.foundation.words import N_
from enroll.results.rules.sampling import SampleFacts, sample_is_clean
from enroll.results.rules.verdicts import Entered


@dataclass(frozen=True)
class ResultFacts:
    """The entries of one result in its present round. `makers` made a first entry, also one that was entered over;
    `involved` had to do with the mark in any round or earlier version. `attendance` is the booking's state."""

    learner_account_id: int
    attendance: str = "present"
    first: Entered | None = None
    second: Entered | None = None
    makers: frozenset[int] = frozenset()
    second_by: int | None = None
    involved: frozenset[int] = frozenset()
    sample: SampleFacts | None = None
    complete: bool = True


@dataclass(frozen=True)
class ReviewFacts:
    """A score review: who made, checked or decided the mark, so that a stranger to it answers."""

    learner_account_id: int
    involved: frozenset[int] = frozenset()


def sat_the_exam(facts: ResultFacts) -> Problem | None:
    if facts.attendance == "present":
        return None
    return problem("did_not_sit", N_("Only somebody who sat the exam gets a mark; the attendance says otherwise."))


def attendance_decides(facts: ResultFacts) -> Problem | None:
    if facts.attendance in {"absent", "excused", "disqualified"}:
        return None
    return problem("attendance_open", N_("The attendance does not decide this result."))


def entries_agree(facts: ResultFacts) -> Problem | None:
    if facts.first is not None and facts.first == facts.second:
        return None
    return problem("entries_differ", N_("The two entries differ; a third person decides."))


def entries_differ(facts: ResultFacts) -> Problem | None:
    return None if facts.first != facts.second else problem("entries_agree", N_("The two entries agree."))


def sample_allows(facts: ResultFacts) -> Problem | None:
    if facts.sample is None:
        return problem("keyed_twice", N_("Marks entered by hand are keyed twice, every one."))
    return sample_is_clean(facts.sample)


def no_entry_is_missing(facts: ResultFacts) -> Problem | None:
    return None if facts.complete else problem("incomplete", N_("Some results of this sitting are not checked yet."))


def maker_is_another_person(facts: ResultFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id == facts.learner_account_id else None


def checker_is_another_person(facts: ResultFacts, actor: Actor) -> Problem | None:
    if actor.account_id == facts.learner_account_id:
        return OWN_RECORD
    if actor.account_id in facts.makers:
        return two_duties("checker_is_maker", N_("You made the first entry; another person must key it again."))
    return None


def decider_is_a_third_person(facts: ResultFacts, actor: Actor) -> Problem | None:
    if actor.account_id == facts.learner_account_id:
        return OWN_RECORD
    if actor.account_id in {*facts.makers, facts.second_by}:
        return two_duties("decider_made_an_entry", N_("You made one of the entries; a third person must decide."))
    return None


def corrector_is_a_stranger(facts: ResultFacts, actor: Actor) -> Problem | None:
    return answerer_is_a_stranger(ReviewFacts(facts.learner_account_id, facts.involved), actor)


def answerer_is_a_stranger(facts: ReviewFacts, actor: Actor) -> Problem | None:
    if actor.account_id == facts.learner_account_id:
        return OWN_RECORD
    if actor.account_id in facts.involved:
        return problem("answerer_was_involved", N_("You made or checked this mark; somebody else must answer."))
    return None


@dataclass(frozen=True)
class AskFacts:
    """A learner asks for a score review of one part; moments are aware UTC, `[published_at, closes_at)`."""

    published_at: datetime | None
    closes_at: datetime
    now: datetime
    sat: bool
    asked_before: bool


def against_asking(facts: AskFacts) -> tuple[Problem, ...]:
    """Every reason why a score review cannot be asked for."""
    if facts.published_at is None or facts.now < facts.published_at:
        return (problem("not_published", N_("The results are not published yet.")),)
    problems = []
    if facts.now >= facts.closes_at:
        problems.append(problem("review_closed", N_("Score reviews could be asked for until %(moment)s."),
                                moment=facts.closes_at))
    if not facts.sat:
        problems.append(problem("nothing_to_review", N_("There is no mark to review in this part.")))
    if facts.asked_before:
        problems.append(problem("asked_before", N_("A score review can be asked for once for each part.")))
    return tuple(problems)


@dataclass(frozen=True)
class SittingProgress:
    """How far the results of one sitting are. Each booking that counts is in exactly one of the numbers."""

    sitting: str
    part: str = ""
    not_recorded: int = 0  # nobody has said yet whether they came
    to_open: int = 0  # attendance recorded, no result row yet, or the row does not follow the attendance
    to_enter: int = 0
    entered: int = 0
    differ: int = 0
    checked: int = 0
    locked: int = 0
    published: int = 0

    @property
    def total(self) -> int:
        return (self.not_recorded + self.to_open + self.to_enter + self.entered + self.differ + self.checked
                + self.locked + self.published)

    @property
    def may_be_locked(self) -> bool:
        return self.total == self.checked + self.locked and self.checked > 0

    @property
    def is_locked(self) -> bool:
        return self.total == self.locked


@dataclass(frozen=True)
class PublicationFacts:
    """What publishing one window depends on."""

    now: datetime
    publish_at: datetime
    published_at: datetime | None
    sittings: tuple[SittingProgress, ...]
    excuses_asked: int = 0


def against_publishing(facts: PublicationFacts) -> tuple[Problem, ...]:
    """Every reason why a window's results cannot be published now."""
    if facts.published_at is not None:
        return (problem("already_published", N_("The results of this window were published at %(moment)s."),
                        moment=facts.published_at),)
    problems = []
    if facts.now < facts.publish_at:
        problems.append(problem("too_early", N_("The results of this window are published from %(moment)s on."),
                                moment=facts.publish_at))
    open_sittings = [one.sitting for one in facts.sittings if not one.is_locked]
    if open_sittings:
        problems.append(problem("not_locked", N_("These sittings are not locked yet: %(sittings)s."),
                                sittings=open_sittings))
    if facts.excuses_asked:
        problems.append(problem("excuses_open", N_("Requests to be excused from this window that nobody has decided: "
                                                   "%(number)s."), number=facts.excuses_asked))
    if not any(one.total for one in facts.sittings):
        problems.append(problem("no_results", N_("There is nothing to publish in this window.")))
    return tuple(problems)
