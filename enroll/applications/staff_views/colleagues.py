"""Among colleagues: notes on a case, second opinions, and what the program found. Never shown to the learner."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.applications.forms.colleagues import AskForm, NoteForm, OpinionForm
from enroll.applications.lifecycle import SECOND_OPINION, SPOT_CHECK
from enroll.applications.models import Application, SecondOpinion
from enroll.applications.queries.colleagues import colleagues_of, open_opinions, opinion_of, said_about
from enroll.applications.queries.people import called
from enroll.applications.rules.colleagues import ADVICE_NAMES, Advice
from enroll.applications.rules.items import ITEM_NAMES, Item, item_of
from enroll.applications.services import colleagues
from enroll.applications.staff_views.listing import SEES, WORKS, applications_staff
from enroll.applications.staff_views.reviewing import found
from enroll.foundation.problems import Problem, Refused
from enroll.programmes.queries.windows import working_calendar
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.forms import ActForm
from enroll.web.language import translate
from enroll.web.moments import now
from enroll.web.notices import group_notice
from enroll.web.once import once

ANSWERED_WITHIN = 1  # working days, for the notice; a question holds up a learner's case


@applications_staff.get("/opinions")
@requires(*SEES)
def second_opinions() -> str:
    """Every question that waits for a colleague's word."""
    rows = open_opinions(db.session())
    calendar = working_calendar(db.session())
    lines = [(one.application.learner.legal_name, one.application.reference,
              calendar.deadline(one.asked_at, ANSWERED_WITHIN)) for one in rows]
    return render_template(
        "applications/staff/opinions.html", rows=rows, called=called, mine=current_user.account_id,
        notice=group_notice(_("Second opinions asked for, %(day)s:"), lines, "applications_staff.second_opinions"))


@applications_staff.get("/<ref:reference>/colleagues")
@requires(*SEES)
def among_colleagues(reference: str) -> str:
    return _page(found(reference))


@applications_staff.post("/<ref:reference>/notes")
@requires(*WORKS)
def note(reference: str) -> Any:
    form = NoteForm()
    return _press(reference, form, lambda: colleagues.add_note(
        reference, form.words.data or "", by=current_user.actor, now=now()))


@applications_staff.post("/<ref:reference>/opinions")
@requires(*WORKS)
def ask(reference: str) -> Any:
    form = AskForm(colleagues_of(db.session(), current_user.account_id, now()))

    def act() -> None:
        colleagues.ask_opinion(reference, form.question.data or "", of=form.known.get(form.of.data),
                               by=current_user.actor, now=now())

    return _press(reference, form, act)


@applications_staff.post("/<ref:reference>/opinions/<ref:opinion>/answer")
@requires(Permission.REVIEW_APPLICATIONS)
def answer(reference: str, opinion: str) -> Any:
    form, asked = OpinionForm(), _opinion(reference, opinion)
    return _press(reference, form, lambda: colleagues.answer_opinion(
        asked, Advice(form.advice.data), form.reason.data or "", by=current_user.actor, now=now(),
        seen_version=form.seen_version))


@applications_staff.post("/<ref:reference>/opinions/<ref:opinion>/withdraw")
@requires(Permission.REVIEW_APPLICATIONS)
def take_back(reference: str, opinion: str) -> Any:
    form, asked = ActForm(), _opinion(reference, opinion)
    return _press(reference, form, lambda: colleagues.withdraw_opinion(
        asked, by=current_user.actor, now=now(), seen_version=form.seen_version))


def _opinion(reference: str, opinion: str) -> str:
    """The reference of a question about this case; of any other it is a 404."""
    one = opinion_of(db.session(), found(reference).id, opinion) or abort(404)
    return str(one.reference)


def _press(reference: str, form: ActForm, act: Callable[[], None]) -> Any:
    application = found(reference)
    if not form.validate_on_submit():
        return _page(application, form), 422

    def press() -> str:
        act()
        flash(_("Done."), "ok")
        return url_for(".among_colleagues", reference=reference)

    try:
        return once(form, press)
    except Refused as refused:
        code = 409 if "wrong_state" in refused.codes else 422
        return _page(found(reference), form, form.show_problems(refused.problems)), code


def _page(application: Application, sent: ActForm | None = None, problems: tuple[Problem, ...] = ()) -> str:
    session, moment = db.session(), now()
    said = said_about(session, application.id)
    return render_template(
        "applications/staff/colleagues.html", application=application, said=said, problems=problems, form=sent,
        note_form=sent if isinstance(sent, NoteForm) else NoteForm(formdata=None),
        ask_form=sent if isinstance(sent, AskForm) else AskForm(
            colleagues_of(session, current_user.account_id, moment), formdata=None),
        opinion_form=_opinion_form(said.open, sent), offers=_offers(said.open), called=called,
        advice_names=ADVICE_NAMES, opinion_label=lambda one: SECOND_OPINION.label(one.state),
        check_label=lambda one: SPOT_CHECK.label(one.state),
        may_work=any(current_user.actor.may(one) for one in WORKS), items_of=_items_of)


def _opinion_form(one: SecondOpinion | None, sent: ActForm | None) -> OpinionForm:
    form = sent if isinstance(sent, OpinionForm) else OpinionForm(formdata=None)
    form.version.data = form.version.data or (str(one.version) if one else "")
    return form


def _offers(one: SecondOpinion | None) -> dict[str, Any]:
    if one is None:
        return {}
    offers = SECOND_OPINION.offers(one.state, current_user.actor, colleagues.opinion_facts(one))
    return {offer.move.name: offer for offer in offers}


def _items_of(codes: list[str]) -> str:
    """The items that what was found speaks of, each once."""
    return ", ".join(dict.fromkeys(translate(ITEM_NAMES[Item(item_of(code))]) for code in codes))
