"""Internal flags of a case: they change neither the learner's label nor send a message (R5)."""

from enroll.foundation.words import N_

RE_EXAMINE, ASK_LEAD, DUPLICATE = "re_examine", "ask_lead", "duplicate"
FLAG_NAMES = {
    RE_EXAMINE: N_("To be examined again"),
    ASK_LEAD: N_("For a talk with the lead"),
    DUPLICATE: N_("Perhaps a second account of one person"),
}
