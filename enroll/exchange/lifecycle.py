"""The life of a batch 报送批次 to the issuing body."""

from enum import StrEnum

from enroll.accounts.permissions import Permission
from enroll.exchange.rules.batches import actor_is_not_in_it, batch_has_rows, every_row_is_answered
from enroll.foundation.lifecycle import Lifecycle, Move, StateLabel, sources
from enroll.foundation.words import N_


class BatchState(StrEnum):
    DRAFT = "draft"
    FROZEN = "frozen"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    RECONCILED = "reconciled"


S = BatchState

BATCH = Lifecycle(
    "Batch",
    states=S,
    first=S.DRAFT,
    moves=[
        Move("freeze", N_("Freeze"), sources(S.DRAFT), S.FROZEN, Permission.EXCHANGE, checks=(batch_has_rows,),
             person_checks=(actor_is_not_in_it,)),
        # What has not left the house may be made anew: somebody was put on hold, a name was corrected.
        Move("thaw", N_("Back to the draft"), sources(S.FROZEN), S.DRAFT, Permission.EXCHANGE, asks_reason=True),
        Move("send", N_("Sent to the issuing body"), sources(S.FROZEN), S.SENT, Permission.EXCHANGE),
        Move("acknowledge", N_("Reply received"), sources(S.SENT), S.ACKNOWLEDGED, Permission.EXCHANGE),
        Move("reconcile", N_("Every row is answered"), sources(S.SENT, S.ACKNOWLEDGED), S.RECONCILED,
             Permission.EXCHANGE, checks=(every_row_is_answered,)),
    ],
    labels={
        S.DRAFT: StateLabel(N_("Draft"), N_("Draft"), "draft", "pencil"),
        S.FROZEN: StateLabel(N_("Frozen"), N_("Frozen"), "info", "lock"),
        S.SENT: StateLabel(N_("Sent"), N_("Sent"), "warn", "clock"),
        S.ACKNOWLEDGED: StateLabel(N_("Reply received"), N_("Reply received"), "info", "clock"),
        S.RECONCILED: StateLabel(N_("Reconciled"), N_("Reconciled"), "ok", "circle-check"),
    },
)
