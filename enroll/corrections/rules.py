"""Who asks, who decides and who carries a correction out; what a correction touches, in words."""

from dataclasses import dataclass
from enum import StrEnum

from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, OWN_RECORD, Problem, problem, two_duties
from enroll.foundation.words import N_

FIELDS = ("legal_name", "latin_name", "id_type", "id_number", "birth_date", "sex", "nationality")
FIELD_NAMES = {
    "legal_name": N_("Name"), "latin_name": N_("Name in Latin letters"), "id_type": N_("Document type"),
    "id_number": N_("Document number"), "birth_date": N_("Date of birth"), "sex": N_("Sex"),
    "nationality": N_("Nationality"),
}
MOST_FILES = 6

NOT_VERIFIED = problem("not_verified", N_("Your identity is not verified yet: change it there yourself."),
                       mend="learners.details")
NOTHING_CHANGED = problem("nothing_changed", N_("Nothing differs from what we have. Change what is to be corrected."))
NO_EVIDENCE = problem("no_evidence", N_("Add a picture that proves it: the new document, or the record of the "
                                        "change."), field="evidence")
ONE_AT_A_TIME = problem("correction_open", N_("A correction is being looked at already. Wait for it, or withdraw it."))


class Kind(StrEnum):
    """A document or record that states the identity."""

    PROOF = "proof"
    TICKET = "ticket"
    ROSTER = "roster"
    CASE = "case"
    CERTIFICATE = "certificate"


KIND_NAMES = {
    Kind.PROOF: N_("Proof of hours"), Kind.TICKET: N_("Admission ticket or exam confirmation"),
    Kind.ROSTER: N_("Roster sent to the issuing body"), Kind.CASE: N_("Issuance review under way"),
    Kind.CERTIFICATE: N_("Certificate"),
}
EFFECTS = {
    Kind.PROOF: N_("A new one is issued; the old one says that it was replaced."),
    Kind.TICKET: N_("A new version is written; the old one is refused at the door."),
    Kind.ROSTER: N_("It went out with the old details: tell the issuing body, and send it the corrected row."),
    Kind.CASE: N_("Both approvals are given anew, on the corrected evidence."),
    Kind.CERTIFICATE: N_("A case for a reissue opens; the old one stands until the issuing body gives the new number."),
}


@dataclass(frozen=True)
class Touched:
    """One document that a correction touches: what it is, its number, and whether somebody must act by hand."""

    kind: Kind
    reference: str

    @property
    def by_hand(self) -> bool:
        return self.kind is Kind.ROSTER


@dataclass(frozen=True)
class CorrectionFacts:
    """Whose correction it is, and who approved it (accounts)."""

    learner_account_id: int
    approved_by: int | None


def is_their_own(facts: CorrectionFacts, actor: Actor) -> Problem | None:
    return None if actor.account_id == facts.learner_account_id else NOT_PERMITTED


def decided_by_another(facts: CorrectionFacts, actor: Actor) -> Problem | None:
    return OWN_RECORD if actor.account_id == facts.learner_account_id else None


def carried_out_by_a_second(facts: CorrectionFacts, actor: Actor) -> Problem | None:
    if actor.account_id != facts.approved_by:
        return None
    return two_duties("approved_it", N_("You approved this correction; another person carries it out."))
