"""The lives of an incident on an exam day, and of an excuse that a learner asks for."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.admission.rules import incidents
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
