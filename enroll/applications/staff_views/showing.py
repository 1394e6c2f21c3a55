"""What the review page shows: finished values only, exceptions first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from enroll.accounts.permissions import Permission
from enroll.applications.forms.reviewing import CancelForm, DecideForm, ExtendForm, FlagForm, RevealForm
from enroll.applications.lifecycle import APPLICATION, OWN_MOVES, ApplicationState
from enroll.applications.models import ApplicationMove
from enroll.applications.queries.case import Case
from enroll.applications.queries.dates import correction_deadline, payment_deadline
from enroll.applications.queries.facts import facts_about
from enroll.applications.rules.flags import FLAG_NAMES
from enroll.applications.rules.items import ITEM_NAMES, OF_IDENTITY, Item, item_of
from enroll.applications.rules.versions import FILE_NAMES, Change
from enroll.foundation.clock import local_day
from enroll.foundation.masking import mask_email, mask_phone
from enroll.foundation.minutes import shown_hours
from enroll.foundation.problems import Problem
from enroll.foundation.words import N_, Bilingual, Words, say
from enroll.learners.lifecycle import CheckKind, CheckState
from enroll.learners.queries.findings import automatic_findings
from enroll.learners.rules.education import EDUCATION_NAMES
from enroll.learners.rules.findings import OK, Finding
from enroll.learners.rules.numbers import ID_TYPE_NAMES, IdType
from enroll.programmes.queries.programmes import photo_check_of
from enroll.programmes.rules.eligibility import Answer
from enroll.programmes.rules.working_days import days_left
from enroll.sittings.lifecycle import BOOKING, PART_NAMES, Part
from enroll.storage.database import db
from enroll.web.components import EvidenceFile
from enroll.web.forms import ActForm, MoveForm
from enroll.web.language import show_hours, show_moment, translate

KINDS = {Answer.MET: "ok", Answer.PREFERRED: "ok", Answer.PENDING: "warn", Answer.UNKNOWN: "bad",
         Answer.NOT_MET: "bad"}
AWAITED = {CheckState.SUBMITTED, CheckState.UNABLE}
FLAG_WORDS = {
    "proof_revoked": N_("The proof of hours it rests on was revoked."),
    "consent_withdrawn": N_("A consent it needs was withdrawn."),
    **FLAG_NAMES,
}
SEX_WORDS = {"male": N_("male"), "female": N_("female")}
DOUBLES = frozenset({"same_person", "same_pictures"})
LEAD_MOVES = ("reopen", "reopen_on_appeal")


@dataclass(frozen=True)
class CheckRow:
    kind: str
    title: Words
    note: Words | None = None
    href: str = ""
    link: str = ""
    of: str = ""  # the item it speaks of


@dataclass(frozen=True)
class Happened:
    title: Words | str
    at: datetime
    who: str
    note: str
    kind: str = ""


@dataclass(frozen=True)
class Claim:
    """Who works on the case now: nobody, the reader, or somebody else until a moment."""

    mine: bool
    name: str
    until: datetime | None
    may_take_over: bool


def page_of(
    case: Case, form: DecideForm, reader: Any, now: datetime, *, problems: tuple[Problem, ...] = (),
    preview: bool = False, number: str = "", sent: ActForm | None = None,
) -> dict[str, Any]:
    """Everything the template needs."""
    one, pictures = case.application, _pictures(case)
    waiting = one.state == ApplicationState.SUBMITTED and reader.actor.may(Permission.REVIEW_APPLICATIONS)
    chosen = next((picture for picture in pictures if picture.key == request.args.get("file")), None)
    return {
        "case": case, "application": one, "window": one.window, "form": sent or form, "decide": form,
        "problems": problems,
        "helped": reader.account_id in case.helpers,
        "label": case.standing.label, "photo": case.files.get("photo"), "number": number,
        "rows": list(_checks(case, now)), "person": person_rows(case), "exam": exam_rows(case),
        "pictures": pictures, "picture": chosen or next(iter(pictures), None), **_view(), "beside": _photo(case),
        "compared": request.args.get("beside") == "y",
        "courses": case.courses, "hours": _hours_rows(case), "changes": _change_rows(case.changes),
        "pairs": _picture_pairs(case), "consents": _consent_rows(case), "history": _history(case),
        "may_decide": waiting and reader.account_id not in {one.learner.account_id, *case.helpers},
        "claim": _claim(case, reader, now),
        "awaited": {kind: state in AWAITED for kind, state in case.evidence.checks.items()},
        "settled": _settled(case),
        "items": [(str(item), name) for item, name in ITEM_NAMES.items()], "hints": _hints(case, now),
        "preview": form.items(one.learner.account.language) if preview else (), "item_names": ITEM_NAMES,
        "flag": FLAG_WORDS.get(one.flagged, one.flagged), "left": _left(case, now),
        "may_flag": reader.actor.may(Permission.REVIEW_APPLICATIONS),
        "claim_form": ActForm(formdata=None),
        "reveal_form": sent if isinstance(sent, RevealForm) else RevealForm(formdata=None),
        "flag_form": sent if isinstance(sent, FlagForm) else FlagForm(
            formdata=None, data={"words": "" if one.flagged in FLAG_WORDS else one.flagged, "kind": one.flagged}),
        "may_reveal": reader.actor.may(Permission.REVEAL_IDENTITY), **_lead(case, reader, now, sent),
    }


def _settled(case: Case) -> set[str]:
    """Items that were verified before the application came: locked, so they are not offered for correction."""
    verified = {kind for kind, state in case.evidence.checks.items() if state == CheckState.VERIFIED}
    items = {Item.PHOTO} if CheckKind.PHOTO in verified else set()
    return {str(one) for one in (items | OF_IDENTITY if CheckKind.IDENTITY in verified else items)}


def person_rows(case: Case) -> list[tuple[str, str]]:
    learner = case.application.learner
    account = learner.account
    education = EDUCATION_NAMES.get(learner.education)
    return [
        (_("Name"), learner.legal_name),
        *([(_("Latin name"), learner.latin_name)] if learner.latin_name else []),
        (_("Document type"), translate(ID_TYPE_NAMES[IdType(learner.id_type)]) if learner.id_type else "–"),
        (_("Document number"), learner.id_number_mask or "–"),
        (_("Date of birth"), learner.birth_date.isoformat()),
        (_("Sex"), translate(SEX_WORDS.get(learner.sex, N_("not stated")))),
        (_("Education"), translate(education) if education else "–"),
        (_("Employer"), learner.employer or "–"),
        (_("Phone"), mask_phone(account.phone) if account.phone else "–"),
        (_("E-mail"), mask_email(account.email) if account.email else "–"),
    ]


def exam_rows(case: Case) -> list[tuple[str, str]]:
    one = case.application
    rows = [(_("Exam window"), one.window.code), (_("Kind"), _("resit") if one.resit else _("first sitting"))]
    for booking in case.standing.bookings:
        sitting = booking.sitting
        state = translate(BOOKING.label(booking.state).staff)
        rows.append((translate(PART_NAMES[Part(booking.part)]),
                     f"{show_moment(sitting.starts_at)} {sitting.site.name} · {state}"))
    if case.standing.fee is not None:
        fee = case.standing.fee
        rows.append((_("Exam fee"), f"{fee.reference} · " + (_("settled") if case.standing.settled else _(
            "due by %(moment)s", moment=show_moment(fee.due_at)))))
    return rows


def _checks(case: Case, now: datetime) -> Iterator[CheckRow]:
    """The programme's rules, the proof, the doubts and what the machine found; those that need a person stand first."""
    found = [CheckRow(KINDS[one.answer], one.words, one.evidence, of=item_of(one.code))
             for one in case.evidence.answers]
    proof = case.evidence.proof
    found.append(CheckRow("ok", say(N_("Proof of hours in force")), say(N_("No. %(number)s"), number=proof.reference),
                          of=Item.HOURS)
                 if proof else CheckRow("bad", say(N_("No proof of hours in force")), of=Item.HOURS))
    if case.open_doubts:
        found.append(CheckRow("warn", say(N_("Minutes in doubt")), say(N_("%(number)s wait for a decision"),
                                                                      number=case.open_doubts), of=Item.HOURS))
    rule = photo_check_of(case.application.window.programme, local_day(now))
    findings = automatic_findings(db.session(), case.application.learner, now, photo_rule=rule, handed=case.handed,
                                  doubles=case.doubles)
    found += [CheckRow(one.kind, one.title, one.note, *_leads_to(case, one), of=item_of(one.code))
              for one in findings]
    yield from sorted(found, key=lambda row: ("bad", "warn", "ok").index(row.kind))


def _leads_to(case: Case, found: Finding) -> tuple[str, str]:
    """Where a finding is followed up: another learner who shares something is looked at side by side."""
    if found.code not in DOUBLES or found.kind == OK:
        return "", ""
    return url_for("applications_staff.duplicates", learner=case.application.learner.reference), _("Side by side")


def _pictures(case: Case) -> list[EvidenceFile]:
    names = {**FILE_NAMES, "evidence": N_("Other evidence")}
    return [
        EvidenceFile(kind, translate(names[kind]), _address(case, one.file.token),
                _("%(what)s of %(name)s", what=translate(names[kind]), name=case.application.learner.legal_name),
                note=_("handed in %(moment)s", moment=show_moment(one.added_at)))
        for kind, one in case.files.items() if kind != "photo"
    ]


def _photo(case: Case) -> EvidenceFile | None:
    """The ID photo, to be held against the document."""
    photo = case.files.get("photo")
    if photo is None:
        return None
    return EvidenceFile("photo", translate(FILE_NAMES["photo"]), _address(case, photo.file.token),
                        _("ID photo of %(name)s", name=case.application.learner.legal_name))


def _address(case: Case, token: str) -> str:
    return url_for("applications_staff.file", reference=case.application.reference, token=token)


def _view() -> dict[str, int]:
    """How the picture is shown: zoom and turn come from the address, bounded."""
    zoom, turn = request.args.get("zoom", "100"), request.args.get("turn", "0")
    return {"zoom": int(zoom) if zoom in {"100", "150", "200"} else 100,
            "turn": int(turn) if turn in {"0", "90", "180", "270"} else 0}


def _hours_rows(case: Case) -> list[tuple[str, str]]:
    demands = case.application.enrolment.demands
    evidence = case.evidence
    return [
        (_("Credited"), show_hours(evidence.credited.minutes, demands.unit)),
        (_("Needed"), _("%(hours)s course hours", hours=demands.required_hours)),
        (_("Of these practice"), _("%(have)s of %(needed)s course hours",
                                   have=shown_hours(evidence.credited.practice, demands.unit),
                                   needed=demands.practice_hours)),
        (_("Waiting to be accepted"), show_hours(evidence.pending.minutes, demands.unit)),
        (_("Proof of hours"), evidence.proof.reference if evidence.proof else "–"),
    ]


def _change_rows(changes: Sequence[Change]) -> list[tuple[str, str, str]]:
    rows = []
    for one in changes:
        if one.kind != "file":
            item = f" · {translate(ITEM_NAMES[Item(one.name)])}" if one.kind == "answer" else ""
            rows.append((translate(one.label) + item, one.old, one.new))
    return rows


def _picture_pairs(case: Case) -> list[tuple[str, str, str]]:
    """Old and new picture side by side, where one was replaced."""
    return [(translate(one.label), _address(case, one.old) if one.old else "",
             _address(case, one.new) if one.new else "") for one in case.changes if one.kind == "file"]


def _consent_rows(case: Case) -> list[tuple[str, str]]:
    return [(translate(Bilingual(one.consent_text.title_zh, one.consent_text.title_en)),
             _("version %(version)s, given %(moment)s", version=one.consent_text.version,
               moment=show_moment(one.given_at))) for one in case.consents]


def _history(case: Case) -> list[Happened]:
    """Every move, newest first, with the items named then."""
    words: dict[datetime, list[str]] = {}
    for item in case.items:
        words.setdefault(item.returned_at, []).append(f"{translate(ITEM_NAMES[Item(item.item)])}: {item.words}")
    return [Happened(_title(one), one.made_at, _who(case, one),
                     "; ".join([*([one.reason] if one.reason else []), *words.get(one.made_at, [])])) for one in
            case.history]


def _who(case: Case, move: ApplicationMove) -> str:
    """Who made a move; what is the learner's own to do, somebody else did on their behalf."""
    own = {"begin", *(one.name for one in OWN_MOVES)}
    if move.move in own and move.made_by_id != case.application.learner.account_id:
        return str(_("%(name)s, on the learner’s behalf", name=move.made_by_name))
    return move.made_by_name


def _title(move: ApplicationMove) -> str:
    known = APPLICATION.moves.get(move.move)
    return known.label if known is not None else N_("Application begun")


def _claim(case: Case, reader: Any, now: datetime) -> Claim:
    one = case.application
    held = one.claimed_by_id is not None and one.claimed_until is not None and one.claimed_until > now
    mine = held and one.claimed_by_id == reader.account_id
    return Claim(mine, case.claimed_by if held and not mine else "", one.claimed_until if held else None,
                 reader.actor.may(Permission.LEAD_REVIEW))


def _hints(case: Case, now: datetime) -> dict[str, str]:
    """What follows from each decision, said before it is made."""
    session, one = db.session(), case.application
    due = show_moment(correction_deadline(session, one, now, case.standing.dates))
    pay = show_moment(payment_deadline(session, one, now, case.standing.dates))
    return {
        "approve": _("The fee falls due, to be paid by %(moment)s", moment=pay),
        "return": _("To be corrected by %(moment)s; the seats stay held", moment=due),
        "reject": _("The seats are free at once; what was paid comes back"),
    }


def _left(case: Case, now: datetime) -> int | None:
    due = case.application.review_due_at
    return days_left(due, now) if due and case.application.state == ApplicationState.SUBMITTED else None


def _lead(case: Case, reader: Any, now: datetime, sent: ActForm | None) -> dict[str, Any]:
    """What a lead may do beside deciding: look again, cancel, give more time. Dead buttons say why."""
    if not reader.actor.may(Permission.LEAD_REVIEW):
        return {"offers": [], "may_cancel": False, "may_transfer": False, "extend_form": None}
    one = case.application
    still_open = sum(item.outcome == "return" and item.mended_at is None for item in case.items)
    facts = facts_about(db.session(), one, now, standing=case.evidence, known=case.standing, still_open=still_open,
                        helpers=case.helpers)
    offers = {offer.move.name: offer for offer in APPLICATION.offers(one.state, reader.actor, facts)}
    form = sent if isinstance(sent, MoveForm) and not isinstance(sent, ExtendForm) else MoveForm(formdata=None)
    form.version.data = str(one.version)
    return {
        "offers": [offers[name] for name in LEAD_MOVES if name in offers], "move_form_of": form,
        "may_transfer": "transfer_for_cause" in offers, "may_cancel": "cancel" in offers,
        "cancel_form": CancelForm(formdata=None),
        "extend_form": sent if isinstance(sent, ExtendForm) else ExtendForm(formdata=None),
    }
