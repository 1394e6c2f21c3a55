"""The lives of an incident on an exam day, and of an excuse that a learner asks for."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.admission.rules import excuses, incidents
from enroll.foundation.lifecycle import Lifecycle, Move, StateLabel, sources
from enroll.foundation.words import N_


class IncidentState(StrEnum):
    REPORTED = "reported"
    DECIDED = "decided"
    APPEALED = "appealed"
    UPHELD = "upheld"
    REVERSED = "reversed"


S = IncidentState
OPEN_INCIDENTS = frozenset({S.REPORTED, S.APPEALED})

INCIDENT = Lifecycle(
    "Incident",
    states=S,
    first=S.REPORTED,
    moves=[
        Move("decide", N_("Decide the incident"), sources(S.REPORTED), S.DECIDED, Permission.LEAD_REVIEW,
             checks=(incidents.was_heard, incidents.may_be_void),
             person_checks=(incidents.not_their_own, incidents.decided_by_another), asks_reason=True),
        Move("appeal", N_("Appeal"), sources(S.DECIDED), S.APPEALED, Permission.LEARN,
             checks=(incidents.has_a_measure, incidents.appeal_in_time), person_checks=(incidents.is_their_incident,),
             asks_reason=True),
        Move("uphold", N_("The decision stands"), sources(S.APPEALED), S.UPHELD, Permission.LEAD_REVIEW,
             person_checks=(incidents.not_their_own, incidents.answered_by_a_third), asks_reason=True),
        Move("reverse", N_("Take the decision back"), sources(S.APPEALED), S.REVERSED, Permission.LEAD_REVIEW,
             checks=(incidents.may_be_reversed,),
             person_checks=(incidents.not_their_own, incidents.answered_by_a_third), asks_reason=True),
    ],
    labels={
        S.REPORTED: StateLabel(N_("Incident to decide"), N_("Under investigation"), "warn", "clock"),
        S.DECIDED: StateLabel(N_("Incident decided"), N_("Decided"), "info", "circle-check"),
        S.APPEALED: StateLabel(N_("Appeal to answer"), N_("Your appeal is being looked at"), "warn", "clock"),
        S.UPHELD: StateLabel(N_("Decision stands after the appeal"), N_("Decision stands after your appeal"), "mute",
                             "check"),
        S.REVERSED: StateLabel(N_("Decision taken back"), N_("Decision taken back"), "ok", "circle-check"),
    },
)


class ExcuseState(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


E = ExcuseState

EXCUSE = Lifecycle(
    "Excuse",
    states=E,
    first=E.ASKED,
    moves=[
        Move("grant", N_("Grant the excuse"), sources(E.ASKED), E.GRANTED, Permission.LEAD_REVIEW,
             checks=(excuses.may_be_excused,), person_checks=(excuses.excused_by_another,), asks_reason=True),
        Move("refuse", N_("Refuse the excuse"), sources(E.ASKED), E.REFUSED, Permission.LEAD_REVIEW,
             person_checks=(excuses.excused_by_another,), asks_reason=True),
        Move("withdraw", N_("Withdraw the excuse"), sources(E.ASKED), E.WITHDRAWN, Permission.LEARN,
             person_checks=(excuses.is_their_excuse,)),
    ],
    labels={
        E.ASKED: StateLabel(N_("Excuse to decide"), N_("Excuse being looked at"), "warn", "clock"),
        E.GRANTED: StateLabel(N_("Excuse granted"), N_("Excuse granted"), "ok", "circle-check"),
        E.REFUSED: StateLabel(N_("Excuse refused"), N_("Excuse refused"), "bad", "circle-x"),
        E.WITHDRAWN: StateLabel(N_("Excuse withdrawn"), N_("Excuse withdrawn"), "mute", "x"),
    },
)
