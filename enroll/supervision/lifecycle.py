"""The life of a learner's question 答疑, of a contact 督学, and of a complaint 投诉."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.foundation.lifecycle import Lifecycle, Move, StateLabel, sources
from enroll.foundation.words import N_
from enroll.supervision.rules.asking import answerer_is_another_person, is_their_question
from enroll.supervision.rules.complaints import decided_by_another, is_their_complaint
from enroll.supervision.rules.following import contacts_another


class QuestionState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"
    REOPENED = "reopened"


Q = QuestionState
WAITING = frozenset({Q.OPEN, Q.REOPENED})

LEARNER_QUESTION = Lifecycle(
    "Learner question",
    states=Q,
    first=Q.OPEN,
    moves=[
        Move("answer", N_("Answer the question"), sources(Q.OPEN, Q.REOPENED, Q.ANSWERED), Q.ANSWERED,
             Permission.ANSWER_QUESTIONS, person_checks=(answerer_is_another_person,)),
        Move("conclude", N_("Close without a further answer"), sources(Q.OPEN, Q.REOPENED, Q.ANSWERED), Q.CLOSED,
             Permission.ANSWER_QUESTIONS, person_checks=(answerer_is_another_person,), asks_reason=True),
        Move("close", N_("Close, it is settled"), sources(Q.OPEN, Q.REOPENED, Q.ANSWERED), Q.CLOSED, Permission.LEARN,
             person_checks=(is_their_question,)),
        Move("reopen", N_("Ask again"), sources(Q.ANSWERED, Q.CLOSED), Q.REOPENED, Permission.LEARN,
             person_checks=(is_their_question,)),
    ],
    labels={
        Q.OPEN: StateLabel(N_("To be answered"), N_("Waiting for an answer"), "warn", "clock"),
        Q.ANSWERED: StateLabel(N_("Answered"), N_("Answered"), "ok", "circle-check"),
        Q.CLOSED: StateLabel(N_("Question closed"), N_("Question closed"), "mute", "check"),
        Q.REOPENED: StateLabel(N_("Asked again"), N_("Asked again, waiting for an answer"), "warn", "rotate"),
    },
)


class ContactState(StrEnum):
    PLANNED = "planned"
    DONE = "done"
    MISSED = "missed"


C = ContactState

CONTACT = Lifecycle(
    "Contact",
    states=C,
    first=C.PLANNED,
    moves=[
        Move("finish", N_("Note the contact"), sources(C.PLANNED, C.MISSED), C.DONE, Permission.FOLLOW_LEARNERS,
             person_checks=(contacts_another,)),
        Move("miss", N_("Not reached"), sources(C.PLANNED), C.MISSED, Permission.FOLLOW_LEARNERS,
             person_checks=(contacts_another,)),
    ],
    labels={
        C.PLANNED: StateLabel(N_("Contact planned"), N_("Contact planned"), "info", "calendar-event"),
        C.DONE: StateLabel(N_("Contacted"), N_("Contacted"), "ok", "circle-check"),
        C.MISSED: StateLabel(N_("Not reached"), N_("Not reached"), "warn", "clock"),
    },
)


class ComplaintState(StrEnum):
    RECEIVED = "received"
    ANSWERED = "answered"
    CLOSED = "closed"


K = ComplaintState

COMPLAINT = Lifecycle(
    "Complaint",
    states=K,
    first=K.RECEIVED,
    moves=[
        Move("answer", N_("Answer the complaint"), sources(K.RECEIVED), K.ANSWERED, Permission.HANDLE_COMPLAINTS,
             person_checks=(decided_by_another,)),
        Move("object", N_("Not settled, look at it again"), sources(K.ANSWERED), K.RECEIVED, Permission.LEARN,
             person_checks=(is_their_complaint,), asks_reason=True),
        Move("settle", N_("It is settled, close it"), sources(K.RECEIVED, K.ANSWERED), K.CLOSED, Permission.LEARN,
             person_checks=(is_their_complaint,)),
        Move("close", N_("Close the complaint"), sources(K.ANSWERED), K.CLOSED, Permission.HANDLE_COMPLAINTS,
             person_checks=(decided_by_another,), asks_reason=True),
    ],
    labels={
        K.RECEIVED: StateLabel(N_("To be answered"), N_("Received, being looked at"), "warn", "clock"),
        K.ANSWERED: StateLabel(N_("Answered"), N_("Answered"), "ok", "circle-check"),
        K.CLOSED: StateLabel(N_("Complaint closed"), N_("Complaint closed"), "mute", "check"),
    },
)
