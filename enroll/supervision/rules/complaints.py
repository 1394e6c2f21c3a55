"""Complaints 投诉: what they are about, how they came, who decides, and until when.

The answer within five working days is the house's own promise, shorter than the seven working days in which market
supervision decides on taking a complaint up (市场监督管理投诉举报处理暂行办法, article 14).
"""

from dataclasses import dataclass
from enum import StrEnum

from enroll.foundation.actor import Actor
from enroll.foundation.problems import NOT_PERMITTED, OWN_RECORD, Problem, problem
from enroll.foundation.words import N_

ANSWER_WORKING_DAYS = 5
MOST_OPEN = 5  # complaints of one person that wait at once
MOST_FILES = 8


class About(StrEnum):
    TEACHING = "teaching"
    HOURS = "hours"
    MONEY = "money"
    EXAM = "exam"
    RESULT = "result"
    CERTIFICATE = "certificate"
    CONDUCT = "conduct"
    PRIVACY = "privacy"
    OTHER = "other"


class Channel(StrEnum):
    PAGE = "page"
    PHONE = "phone"
    EMAIL = "email"
    CHAT = "chat"
    PERSON = "person"
    AUTHORITY = "authority"


class Finding(StrEnum):
    UPHELD = "upheld"
    PARTLY = "partly"
    NOT_UPHELD = "not_upheld"


ABOUT_NAMES = {
    About.TEACHING: N_("Courses and trainers"), About.HOURS: N_("Course hours"), About.MONEY: N_("Fees and refunds"),
    About.EXAM: N_("Exam and sitting"), About.RESULT: N_("Results"), About.CERTIFICATE: N_("Certificate"),
    About.CONDUCT: N_("How somebody of staff behaved"), About.PRIVACY: N_("Personal data"),
    About.OTHER: N_("Something else"),
}
CHANNEL_NAMES = {
    Channel.PAGE: N_("By this page"), Channel.PHONE: N_("By phone"), Channel.EMAIL: N_("By e-mail"),
    Channel.CHAT: N_("By WeChat"), Channel.PERSON: N_("In person"),
    Channel.AUTHORITY: N_("Through an authority (12315, 12345 …)"),
}
FINDING_NAMES = {
    Finding.UPHELD: N_("Justified"), Finding.PARTLY: N_("Partly justified"), Finding.NOT_UPHELD: N_("Not justified"),
}


@dataclass(frozen=True)
class ComplaintFacts:
    """Whose complaint it is, and the member of staff it is about, if any (accounts)."""

    complainant_id: int
    about_id: int | None


def is_their_complaint(facts: ComplaintFacts, actor: Actor) -> Problem | None:
    return None if actor.account_id == facts.complainant_id else NOT_PERMITTED


def decided_by_another(facts: ComplaintFacts, actor: Actor) -> Problem | None:
    """Nobody answers a complaint they made, or one about themselves."""
    return OWN_RECORD if actor.account_id in (facts.complainant_id, facts.about_id) else None


def may_complain_again(waiting: int) -> Problem | None:
    if waiting < MOST_OPEN:
        return None
    return problem("too_many_complaints", N_("%(number)d of your complaints still wait for an answer. Add to one of "
                                             "them."), number=waiting)


def may_add_file(files: int) -> Problem | None:
    if files < MOST_FILES:
        return None
    return problem("too_many_files", N_("At most %(number)d files belong to one complaint."), field="picture",
                   number=MOST_FILES)
