"""Rows of a list, read as what they mean, or every reason why they mean nothing. No database here."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from enroll.accounts.rules.contacts import Contact, read_contact
from enroll.enrolments.rules import CohortSource, cohort_code_fits
from enroll.fees.rules import Payer
from enroll.foundation.problems import Problem, RowFault, problem
from enroll.foundation.text import compared
from enroll.foundation.words import N_
from enroll.learners.rules.ages import may_sign_up
from enroll.learners.rules.names import NameReading, read_name

DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
WHOLE = re.compile(r"[1-9][0-9]{0,5}")
WINDOW = re.compile(r"20[0-9]{2}(0[1-9]|1[0-2])")
MOST_MINUTES = 6_000  # of one course: a row beyond is a slip of the pen
LONGEST_SOURCE = 200
SOURCES = {"自主报名": CohortSource.SELF, "self": CohortSource.SELF, "企业": CohortSource.EMPLOYER,
           "employer": CohortSource.EMPLOYER, "学校": CohortSource.SCHOOL, "school": CohortSource.SCHOOL}
PAYERS = {"": Payer.LEARNER, "本人": Payer.LEARNER, "learner": Payer.LEARNER, "单位": Payer.EMPLOYER,
          "employer": Payer.EMPLOYER}
KINDS = {"知识": "knowledge", "knowledge": "knowledge", "实践": "practice", "practice": "practice"}
PARTS = {"理论": "theory", "理论考试": "theory", "theory": "theory", "实践": "practical", "实践考核": "practical",
         "practical": "practical"}


@dataclass(frozen=True)
class CohortRow:
    number: int
    code: str
    name_zh: str
    name_en: str
    programme: str
    adviser: str
    source: CohortSource


@dataclass(frozen=True)
class LearnerRow:
    number: int
    name: str
    contact: Contact
    birth_date: date
    cohort: str
    direction: str
    employer: str
    payer: Payer
    language: str


@dataclass(frozen=True)
class Whose:
    """Whom a row is about: what was written (a reference, phone or e-mail, as compared) and the name beside it."""

    key: str
    name: str


@dataclass(frozen=True)
class HoursRow:
    number: int
    whose: Whose
    course: str
    kind: str
    minutes: int
    from_on: date
    until_on: date
    source: str


@dataclass(frozen=True)
class PartRow:
    number: int
    whose: Whose
    programme: str
    part: str
    window: str
    kept_until: str
    source: str


@dataclass(frozen=True)
class CertificateRow:
    number: int
    whose: Whose
    programme: str
    certificate_no: str
    issued_on: date
    valid_until: date | None
    source: str


class _Reader:
    """Reads the cells of one row and remembers what is wrong with each."""

    def __init__(self, number: int, values: Mapping[str, str], today: date):
        self.number, self.values, self.today = number, values, today
        self.faults: list[RowFault] = []

    def text(self, key: str) -> str:
        return self.values[key].strip()

    def wrong(self, key: str, found: Problem) -> None:
        self.faults.append(RowFault(self.number, key, found))

    def needed(self, key: str, words: str, most: int = LONGEST_SOURCE) -> str:
        text = self.text(key)
        if not text:
            self.wrong(key, problem("cell_missing", words))
        if len(text) > most:
            self.wrong(key, problem("cell_long", N_("At most %(most)d characters."), most=most))
        return text

    def one_of(self, key: str, known: Mapping[str, str], words: str) -> str:
        found = known.get(self.text(key).lower())
        if found is None:
            self.wrong(key, problem("cell_unknown", words))
        return found or ""

    def day(self, key: str, *, needed: bool = True) -> date | None:
        text = self.text(key)
        if not text and not needed:
            return None
        found = DAY.fullmatch(text)
        try:
            day = date(*(int(one) for one in found.groups())) if found else None
        except ValueError:
            day = None
        if day is None or not 1900 <= day.year <= 2100:
            self.wrong(key, problem("day_unreadable", N_("Enter the day as 2026-11-22.")))
            return None
        return day

    def past_day(self, key: str) -> date | None:
        day = self.day(key)
        if day is not None and day > self.today:
            self.wrong(key, problem("day_ahead", N_("This day is still to come.")))
        return day

    def window(self, key: str) -> str:
        text = compared(self.text(key)).removesuffix("期")
        if not WINDOW.fullmatch(text):
            self.wrong(key, problem("window_unreadable", N_("Enter the window as 202609: its year and month.")))
        return text

    def whose(self) -> Whose:
        written = self.needed("learner", N_("Say whom the row is about: number, phone or e-mail of the learner."), 254)
        contact = read_contact(written)
        key = contact.key if isinstance(contact, Contact) else compared(written)
        return Whose(key, self.needed("name", N_("The name is missing: it shows that the row is about the right "
                                                 "person."), 100))


def read_cohort(number: int, values: Mapping[str, str], today: date) -> CohortRow | list[RowFault]:
    row = _Reader(number, values, today)
    code = compared(row.text("code"))
    if unfit := cohort_code_fits(code):
        row.wrong("code", unfit)
    name = row.needed("name_zh", N_("The cohort needs a name."), 120)
    source = row.one_of("source", SOURCES, N_("Say self, employer or school."))
    read = CohortRow(number, code, name, row.text("name_en")[:160], compared(row.text("programme")),
                     row.text("adviser").lower(), CohortSource(source or CohortSource.SELF))
    return row.faults or read


def read_learner(number: int, values: Mapping[str, str], today: date) -> LearnerRow | list[RowFault]:
    row = _Reader(number, values, today)
    name, contact, born = read_name(row.text("name")), read_contact(row.text("contact")), row.day("birth_date")
    if isinstance(name, Problem):
        row.wrong("name", name)
    if isinstance(contact, Problem):
        row.wrong("contact", contact)
    if born is not None and (young := may_sign_up(born, today)):
        row.wrong("birth_date", young)
    payer = row.one_of("payer", PAYERS, N_("Say learner or employer."))
    employer = row.text("employer")
    if len(employer) > 120:
        row.wrong("employer", problem("cell_long", N_("At most %(most)d characters."), most=120))
    language = row.text("language").lower() or "zh"
    if language not in ("zh", "en"):
        row.wrong("language", problem("language_unknown", N_("Say zh or en.")))
    if row.faults or isinstance(name, Problem) or isinstance(contact, Problem) or born is None:
        return row.faults
    assert isinstance(name, NameReading)
    return LearnerRow(number, name.name, contact, born, compared(row.text("cohort")), compared(row.text("direction")),
                      employer, Payer(payer), language)


def read_hours(number: int, values: Mapping[str, str], today: date) -> HoursRow | list[RowFault]:
    row = _Reader(number, values, today)
    whose, kind = row.whose(), row.one_of("kind", KINDS, N_("Say knowledge or practice."))
    from_on, until_on = row.past_day("from"), row.past_day("until")
    if from_on and until_on and until_on < from_on:
        row.wrong("until", problem("days_swapped", N_("This day lies before the first one.")))
    minutes = row.text("minutes")
    if not (minutes.isascii() and WHOLE.fullmatch(minutes) and int(minutes) <= MOST_MINUTES):
        row.wrong("minutes", problem("minutes_unreadable", N_("Enter whole minutes from 1 to %(most)d, in digits."),
                                     most=MOST_MINUTES))
    source = row.needed("source", N_("Say where this is proved: a page, a file, a letter."))
    if row.faults or from_on is None or until_on is None:
        return row.faults
    return HoursRow(number, whose, compared(row.text("course")), kind, int(minutes), from_on, until_on, source)


def read_part(number: int, values: Mapping[str, str], today: date) -> PartRow | list[RowFault]:
    row = _Reader(number, values, today)
    whose, part = row.whose(), row.one_of("part", PARTS, N_("Say theory or practical."))
    window, kept = row.window("window"), row.window("kept_until")
    if not row.faults and kept <= window:
        row.wrong("kept_until", problem("kept_too_short", N_("A pass is kept for a later window than its own.")))
    if not row.faults and window > f"{today:%Y%m}":
        row.wrong("window", problem("day_ahead", N_("This day is still to come.")))
    source = row.needed("source", N_("Say where this is proved: a page, a file, a letter."))
    return row.faults or PartRow(number, whose, compared(row.text("programme")), part, window, kept, source)


def read_certificate(number: int, values: Mapping[str, str], today: date) -> CertificateRow | list[RowFault]:
    row = _Reader(number, values, today)
    whose, issued, valid = row.whose(), row.past_day("issued_on"), row.day("valid_until", needed=False)
    if issued and valid and valid < issued:
        row.wrong("valid_until", problem("days_swapped", N_("This day lies before the first one.")))
    number_text = compared(row.needed("number", N_("The number of the certificate is missing."), 60))
    source = row.needed("source", N_("Say where this is proved: a page, a file, a letter."))
    if row.faults or issued is None:
        return row.faults
    return CertificateRow(number, whose, compared(row.text("programme")), number_text, issued, valid, source)


def twice(number: int, column: str, earlier: int) -> RowFault:
    return RowFault(number, column, problem("twice_in_file", N_("The same also stands in row %(row)s."), row=earlier))


def repeated(keys: Iterator[tuple[int, str]], column: str) -> list[RowFault]:
    """A fault for each row whose key stands in an earlier row."""
    seen: dict[str, int] = {}
    faults = []
    for number, key in keys:
        if key in seen:
            faults.append(twice(number, column, seen[key]))
        seen.setdefault(key, number)
    return faults
