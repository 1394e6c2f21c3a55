"""What the second and third page of applying say about the person, the rules and the money."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask_babel import gettext as _

from enroll.applications.forms.applying import SubmitForm
from enroll.applications.models import Application
from enroll.applications.queries.applicant import standing_for
from enroll.applications.queries.dates import payment_deadline
from enroll.applications.queries.people import (
    check_states,
    files_in_force,
    texts_at,
)
from enroll.applications.rules.parts import fee_items
from enroll.applications.services.money import amount_by_terms
from enroll.fees.rules import PAYER_NAMES, Payer
from enroll.foundation.masking import mask_email, mask_phone
from enroll.foundation.problems import Problem
from enroll.foundation.words import Words
from enroll.learners.lifecycle import IDENTITY_CHECK
from enroll.learners.rules.education import EDUCATION_NAMES
from enroll.learners.rules.texts import COMMITMENT
from enroll.programmes.rules.eligibility import Answer, RuleAnswer
from enroll.sittings.lifecycle import PART_NAMES, Part
from enroll.sittings.queries import sittings_by_code
from enroll.storage.database import db
from enroll.web.language import show_second, translate
from enroll.web.layout import mending_address
from enroll.web.moments import now

KINDS = {Answer.MET: "ok", Answer.PREFERRED: "ok", Answer.PENDING: "warn", Answer.UNKNOWN: "bad",
         Answer.NOT_MET: "bad"}


@dataclass(frozen=True)
class RuleRow:
    """One rule of the programme as the checks list shows it."""

    kind: str
    title: Words
    note: Words
    href: str = ""
    link: str = ""


def details_page(application: Application) -> str:
    session = db.session()
    states = check_states(session, application.learner_id)
    return render_template(
        "applications/details.html", application=application, learner=application.learner,
        identity_rows=identity_rows(application), contact_rows=contact_rows(application), states=states,
        labels=IDENTITY_CHECK.labels, photo=files_in_force(session, application.learner_id).get("photo"),
    )


def check_page(
    application: Application, form: SubmitForm | None = None, problems: tuple[Problem, ...] = ()
) -> str:
    session, moment = db.session(), now()
    standing = standing_for(session, application, moment)
    given = standing.consents
    # The declaration is signed for each application; a consent that is in force is not asked for again.
    texts = [one for one in texts_at(session, moment) if one.code == COMMITMENT or one.code not in given]
    fresh = SubmitForm(texts, formdata=None)
    fresh.version.data = str(application.version)
    if form is not None:
        fresh.agreed.data, fresh.key.data, fresh.version.data = form.agreed.data, form.key.data, form.version.data
        fresh.show_problems(problems)
    return render_template(
        "applications/check.html", application=application, window=application.window, form=fresh, problems=problems,
        texts={f"{one.code}.{one.version}": one for one in texts}, sitting_rows=sitting_rows(application),
        given=[one.consent_text for code, one in given.items() if code != COMMITMENT],
        identity_rows=identity_rows(application), contact_rows=contact_rows(application),
        rules=condition_rows(standing.answers), received=show_second(now()) if problems else "",
        **money_of(application),
    )


def condition_rows(answers: Iterable[RuleAnswer]) -> list[RuleRow]:
    """The programme's rules as the one who applies reads them; the consents are asked for on the last page itself."""
    return [rule_row(one) for one in answers if one.code != "consents"]


def rule_row(answer: RuleAnswer, *, mend: bool = True) -> RuleRow:
    open_way = mend and answer.mend and KINDS[answer.answer] != "ok"
    return RuleRow(KINDS[answer.answer], answer.words, answer.evidence,
                   mending_address(answer.mend) if open_way else "", _("Put this right"))


def sitting_rows(application: Application) -> list[tuple[str, Any]]:
    """The sittings chosen, in words, by part."""
    known = sittings_by_code(db.session(), application.chosen.values())
    return [(translate(PART_NAMES[Part(part)]), known.get(application.chosen.get(part, "")))
            for part in application.parts]


def identity_rows(application: Application) -> list[tuple[str, str]]:
    learner = application.learner
    education = EDUCATION_NAMES.get(learner.education)
    return [
        (_("Name"), learner.legal_name or _("not given yet")),
        *([(_("Latin name"), learner.latin_name)] if learner.latin_name else []),
        (_("Document number"), learner.id_number_mask or _("not given yet")),
        (_("Education"), translate(education) if education else _("not stated (optional)")),
        (_("Employer"), learner.employer or _("not stated (optional)")),
    ]


def contact_rows(application: Application) -> list[tuple[str, str]]:
    account = application.learner.account
    return [
        (_("Phone"), mask_phone(account.phone) if account.phone else "–"),
        (_("E-mail"), mask_email(account.email) if account.email else "–"),
    ]


def money_of(application: Application) -> dict[str, Any]:
    """What it will cost, who pays, by when, and what comes back: shown before anything is promised."""
    window, terms = application.window, application.window.agreed
    items = fee_items(application.parts, resit=application.resit)
    return {"fee_fen": amount_by_terms(window, items),
            "payment_due": payment_deadline(db.session(), application, now()),
            "payer": translate(PAYER_NAMES[Payer(application.fee_payer)]), "refund_rules": terms.exam_refund_rules,
            "full_refund_until": window.withdraw_full_refund_until, "grace_hours": terms.payment_grace_hours}
