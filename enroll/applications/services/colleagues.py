"""What colleagues say to each other about a case: notes that stay, a second opinion. The learner sees none of it."""

from datetime import datetime

from sqlalchemy.orm import Session

from enroll.accounts.models import Account
from enroll.accounts.permissions import Permission
from enroll.applications.events import OpinionMoved
from enroll.applications.lifecycle import SECOND_OPINION, ApplicationState, OpinionState
from enroll.applications.models import Application, CaseNote, SecondOpinion
from enroll.applications.queries.people import called
from enroll.applications.rules.colleagues import Advice, OpinionFacts
from enroll.audit import services as audit
from enroll.audit.moves import begin, expect_version, make_move
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.problems import NOT_PERMITTED, OWN_RECORD, Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction

NOTHING_SAID = problem("words_missing", N_("Write something down first."), field="words")
NO_QUESTION = problem("question_missing", N_("Say what you want to know."), field="question")


def add_note(reference: str, words: str, *, by: Actor, now: datetime) -> None:
    """A note about a case, for colleagues; it is never changed afterwards. Raises Refused on one's own case, or without
    words."""
    with transaction() as session:
        application = lock(session, Application, Application.reference == reference)
        against = _against(application, by)
        if not words.strip():
            against.append(NOTHING_SAID)
        if against:
            raise Refused(against)
        assert by.account_id is not None, "people write notes"
        session.add(CaseNote(application_id=application.id, words=words.strip(), written_at=now,
                             written_by_id=by.account_id, written_by_name=by.name))
        application.notes_kept += 1
        audit.record(session, "application.note", reference, by=by, now=now, learner_id=application.learner_id)


def ask_opinion(
    reference: str, question: str, *, of: Account | None = None, by: Actor, now: datetime
) -> str:
    """Ask a colleague, or whoever reviews and comes first, for a word before the decision; gives its reference.

    Raises Refused where nothing is to be decided, a question is open already, or the one asked may not answer.
    """
    with transaction() as session:
        application = lock(session, Application, Application.reference == reference)
        against = _against(application, by)
        if application.state != ApplicationState.SUBMITTED:
            against.append(problem("not_waiting", N_("This application is not waiting for a decision.")))
        if application.opinions_open:
            against.append(problem("opinion_open", N_("A second opinion is asked for already.")))
        if not question.strip():
            against.append(NO_QUESTION)
        if of is not None and (of.id in {by.account_id, application.learner.account_id}
                               or not of.actor_at(now).may(Permission.REVIEW_APPLICATIONS)):
            against.append(problem("cannot_be_asked", N_("Ask somebody else who reviews applications."), field="of"))
        if against:
            raise Refused(against)
        assert by.account_id is not None, "people ask"
        record = SecondOpinion(
            reference=next_reference(session, "O"), application_id=application.id, learner_id=application.learner_id,
            question=question.strip(), asked_at=now, asked_by_id=by.account_id, asked_of_id=of.id if of else None)
        begin(session, SECOND_OPINION, record, by=by, now=now, application=reference)
        application.opinions_open += 1
        outbox.record(session, OpinionMoved(record.reference, "begin"), now)
        return record.reference


def answer_opinion(
    reference: str, advice: Advice, words: str, *, by: Actor, now: datetime, seen_version: int | None = None
) -> None:
    """Give the word that was asked for, with its reason. It decides nothing."""
    with transaction() as session:
        record = _locked(session, reference, seen_version)
        make_move(session, SECOND_OPINION, record, "answer", by=by, now=now, facts=opinion_facts(record), reason=words,
                  advice=str(advice))
        record.advice, record.words, record.answered_at, record.answered_by_id = str(advice), words, now, by.account_id
        outbox.record(session, OpinionMoved(reference, "answer"), now)


def withdraw_opinion(reference: str, *, by: Actor, now: datetime, seen_version: int | None = None) -> None:
    """Take the question back; the case is decided without it."""
    with transaction() as session:
        record = _locked(session, reference, seen_version)
        make_move(session, SECOND_OPINION, record, "withdraw", by=by, now=now, facts=opinion_facts(record))


def close_opinion(session: Session, application: Application, *, now: datetime) -> None:
    """The case has been decided, or its learner has taken it back: nobody is asked about it any more. The case is
    locked by the caller."""
    if not application.opinions_open:
        return
    record = lock(session, SecondOpinion, SecondOpinion.application_id == application.id,
                  SecondOpinion.state == OpinionState.OPEN)
    make_move(session, SECOND_OPINION, record, "close", by=SYSTEM, now=now, facts=opinion_facts(record))
    application.opinions_open = 0


def opinion_facts(record: SecondOpinion) -> OpinionFacts:
    return OpinionFacts(record.application.learner.account_id, record.asked_by_id, record.asked_of_id,
                        called(record.asked_of))


def _locked(session: Session, reference: str, seen_version: int | None) -> SecondOpinion:
    """The question, its case locked before it: one order for everybody. One question less is open afterwards."""
    found = session.query(SecondOpinion.application_id).filter(SecondOpinion.reference == reference).scalar()
    application = lock(session, Application, Application.id == found)
    record = lock(session, SecondOpinion, SecondOpinion.reference == reference)
    expect_version(record, seen_version)
    application.opinions_open -= 1  # taken back with everything else where the move is refused
    return record


def _against(application: Application, by: Actor) -> list[Problem]:
    found = [] if by.may(Permission.REVIEW_APPLICATIONS) or by.may(Permission.LEAD_REVIEW) else [NOT_PERMITTED]
    return [*found, OWN_RECORD] if by.account_id == application.learner.account_id else found
