"""What a ticket says: its kinds, the words for documents and sexes, and the candidate notice 考生须知."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_, Bilingual, Words, say
from enroll.programmes.rules.arrangements import printed
from enroll.sittings.lifecycle import PART_NAMES, Part


class TicketKind(StrEnum):
    TICKET = "ticket"
    CONFIRMATION = "confirmation"


class PrintForm(StrEnum):
    PDF = "pdf"
    ZIP = "zip"


NUMBER = re.compile(r"[0-9A-Z][0-9A-Z-]{3,39}")  # ours, or the issuing body's
KIND_NAMES = {TicketKind.TICKET: N_("Admission ticket"), TicketKind.CONFIRMATION: N_("Exam confirmation")}

PARTS_PRINTED = {"theory": Bilingual("理论考试", "Theory exam"),
                 "practical": Bilingual("实践考核", "Practical assessment")}

SEXES = {"male": Bilingual("男", "Male"), "female": Bilingual("女", "Female"), "男": Bilingual("男", "Male"),
         "女": Bilingual("女", "Female"), "M": Bilingual("男", "Male"), "F": Bilingual("女", "Female")}


def ticket_no_taken(number: str) -> Problem:
    return problem("ticket_no_taken", N_("The ticket number %(number)s belongs to somebody else."), number=number)


def of_part(part: Part, against: Problem) -> Problem:
    """A person's parts go together: a reason says which of them it is about."""
    return problem(against.code, N_("%(part)s: %(why)s"), part=say(PART_NAMES[part]), why=against)


def part_not_confirmed(part: Part) -> Problem:
    return problem("part_not_confirmed", N_("%(part)s is not registered yet; the ticket holds all parts."),
                   part=say(PART_NAMES[part]))


def access_awaited(ticket_from: datetime) -> Problem:
    words = N_("The issuing body has sent no access yet; confirmations go out from %(moment)s.")
    return problem("access_awaited", words, moment=ticket_from)


def sex_name(code: str) -> Bilingual:
    return SEXES.get(code, Bilingual(code or "—"))


def says_the_same(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a ticket needs no new version. A notice that was written since makes none: the ticket stays valid, and
    its page shows the newest notice."""
    return {**before, "notices": None} == {**after, "notices": None}


def noticed(facts: Mapping[str, Any], language: str) -> tuple[str, ...]:
    """The lines that the notices of a ticket's sittings add to the general one, each once."""
    return tuple(dict.fromkeys(line for one in facts.get("notices", ()) for line in one[language]))


def arrangements_printed(facts: Mapping[str, Any]) -> str:
    """The accommodations that a ticket's frozen facts name, as papers say them; '' where there are none."""
    granted = facts.get("arrangements") or {}
    return printed(tuple(granted.get("codes", ())), granted.get("minutes", 0))


@dataclass(frozen=True)
class OnsiteFigures:
    """Minutes, from the programme's dated rules; None where the programme says nothing."""

    arrive_before: int | None = None
    late_limit: int | None = None
    no_leave: int | None = None


def onsite_notice(figures: OnsiteFigures) -> tuple[Words, ...]:
    """The candidate notice of an admission ticket. Minutes come from the programme's rules (demonstration defaults
    where the issuing body has published none)."""
    said = [say(N_("Bring this ticket and the original of the identity document you registered with. Photos and copies "
                   "of it are not accepted."))]
    if figures.arrive_before is not None:
        said.append(say(N_("Report %(minutes)s minutes before the start."), minutes=figures.arrive_before))
    if figures.late_limit is not None:
        said.append(say(N_("From %(minutes)s minutes after the start nobody is let in."), minutes=figures.late_limit))
    if figures.no_leave is not None:
        said.append(say(N_("Nobody leaves in the last %(minutes)s minutes."), minutes=figures.no_leave))
    said += [
        say(N_("Sit at the seat with your number, and keep ticket and document on the desk for checking.")),
        say(N_("Switch off phones, watches and earphones and leave them where you are told. Keeping them on you is a "
               "violation.")),
        say(N_("Write on neither side of this ticket. It can be printed again; only the newest version is valid.")),
    ]
    return tuple(said)


@dataclass(frozen=True)
class OnlineFigures:
    camera: bool = False
    most_leaving: int | None = None
    answers_survive: bool = False


def online_notice(figures: OnlineFigures) -> tuple[Words, ...]:
    said = [say(N_("Try your device and your network in the mock days before the exam."))]
    if figures.camera:
        said.append(say(N_("The camera stays on. Sit alone in a quiet room, with your identity document at hand.")))
    if figures.most_leaving is not None:
        said.append(say(N_("Leaving the exam screen more than %(times)s times ends the exam."),
                        times=figures.most_leaving))
    if figures.answers_survive:
        said.append(say(N_("After a break of power or network sign in again: answers are kept, the clock goes on.")))
    return tuple(said)
