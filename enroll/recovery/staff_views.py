"""Lost sign-ins as staff see them: the queue, and one beside what we know of its learner."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.accounts.rules.contacts import contact_of_key, read_contact
from enroll.accounts.services.signing_in import check_own_password
from enroll.foundation.clock import local_day
from enroll.foundation.masking import mask_email, mask_phone
from enroll.foundation.problems import NotFound, Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.learners.queries.checks import photo_in_force
from enroll.programmes.rules.working_days import days_left
from enroll.recovery.forms import CheckForm, ConfirmForm, CounterForm, EndForm, WhoseForm
from enroll.recovery.lifecycle import RECOVERY, RecoveryState
from enroll.recovery.models import Recovery
from enroll.recovery.queries import facts_of, moves_of, recoveries_in, recovery_by_reference, terms_on
from enroll.recovery.rules import SEEN_NAMES, Seen
from enroll.recovery.services import Lost, check_person, confirm_person, end_recovery, open_for, say_whose
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number, outside_url
from enroll.web.components import Tab
from enroll.web.downloads import send_stored
from enroll.web.entering import phones_offered
from enroll.web.forms import ActForm
from enroll.web.language import show_day, show_moment
from enroll.web.moments import now, real_now
from enroll.web.once import once
from enroll.web.throttle import limiter

staff = Blueprint("recovery_staff", __name__, url_prefix="/staff/recoveries")
SEES = (Permission.RECOVER_ACCESS, Permission.SEE_AUDIT)
S = RecoveryState
TABS: dict[str, tuple[str, tuple[str, ...]]] = {
    "asked": (N_("To be checked"), (S.ASKED,)), "checked": (N_("For a second person"), (S.CHECKED,)),
    "waiting": (N_("Waiting time runs"), (S.WAITING,)), "ended": (N_("Ended"), (S.DONE, S.REFUSED, S.CANCELLED)),
}


@staff.get("")
@requires(*SEES)
def queue() -> str:
    session, find = db.session(), asked("q", most=20)
    tab = asked("tab") if asked("tab") in TABS else "asked"
    page = recoveries_in(session, TABS[tab][1], find, after=asked_number("after"))
    rows = [(one, RECOVERY.label(one.state), days_left(one.stale_at, now())) for one in page.rows]
    return render_template(
        "recovery/staff/queue.html", page=page, rows=rows, tab=tab, find=find, mask=_masked,
        tabs_of=[Tab(label, url_for(".queue", tab=code), None, code == tab and not find)
                 for code, (label, _states) in TABS.items()],
        terms=terms_on(session, local_day(now())), notice=_notice(rows) if tab in {"asked", "checked"} else "",
        may_open=current_user.actor.may(Permission.RECOVER_ACCESS),
    )


@staff.route("/new", methods=["GET", "POST"])
@requires(Permission.RECOVER_ACCESS)
def new() -> Any:
    """For somebody who stands at the counter."""
    form, problems = CounterForm(), tuple[Problem, ...]()
    if request.method == "GET":
        form.learner.data = asked("learner", most=20)
    elif form.validate():
        def act() -> str:
            contact = read_contact(form.contact.data or "", phones=phones_offered())
            if isinstance(contact, Problem):
                raise Refused(contact)
            said = Lost("", contact, form.story.data or "")
            return url_for(".show", reference=open_for((form.learner.data or "").upper(), said, by=current_user.actor,
                                                       now=now(), real_now=real_now()))

        try:
            return once(form, act)
        except Refused as refused:
            problems = form.show_problems(refused.problems)
        except NotFound:
            problems = form.show_problems((problem("no_such_learner", N_("There is no learner with this number."),
                                                   field="learner"),))
    return render_template("recovery/staff/new.html", form=form, problems=problems, phones=phones_offered()), (
        422 if request.method == "POST" else 200)


@staff.get("/<ref:reference>")
@requires(*SEES)
def show(reference: str) -> Any:
    return _page(_found(reference))


@staff.get("/<ref:reference>/photo")
@requires(Permission.RECOVER_ACCESS)
def photo(reference: str) -> Any:
    """The photo we keep of the learner, to be compared with the face; while the request is open."""
    one = _found(reference)
    if one.learner_id is None or one.state not in {S.ASKED, S.CHECKED}:
        abort(404)
    return send_stored(photo_in_force(db.session(), one.learner_id) or abort(404), inline=True)


@staff.post("/<ref:reference>/whose")
@requires(Permission.RECOVER_ACCESS)
def whose(reference: str) -> Any:
    form = WhoseForm()
    return _act(reference, form, "whose_form", _("Kept. Now compare the person with what we know."), lambda: say_whose(
        reference, form.learner.data or "", by=current_user.actor, now=now(), version=form.seen_version))


@staff.post("/<ref:reference>/check")
@requires(Permission.RECOVER_ACCESS)
def check(reference: str) -> Any:
    form = CheckForm()
    return _act(reference, form, "check_form", _("Checked. A second person confirms."), lambda: check_person(
        reference, form.seen.data or [], form.notes.data or "", identity_agrees=bool(form.identity_agrees.data),
        photo_agrees=bool(form.photo_agrees.data), by=current_user.actor, now=now(), version=form.seen_version))


@staff.post("/<ref:reference>/confirm")
@requires(Permission.RECOVER_ACCESS)
@limiter.limit("20 per minute")
def confirm(reference: str) -> Any:
    """The second person, with their password given again, however fresh the session is."""
    form = ConfirmForm()
    if form.validate():
        try:
            check_own_password(current_user.account_id, form.password.data or "",
                               network_address=request.remote_addr or "", real_now=real_now())
        except Refused as refused:
            return _page(_found(reference), problems=form.show_problems(refused.problems), confirm_form=form), 422
    return _act(reference, form, "confirm_form", _("Confirmed. The old addresses are told, and the waiting time runs."),
                lambda: confirm_person(reference, by=current_user.actor, now=now(), version=form.seen_version))


@staff.post("/<ref:reference>/refuse", defaults={"move": "refuse"})
@staff.post("/<ref:reference>/stop", defaults={"move": "stop"})
@requires(Permission.RECOVER_ACCESS)
def end(reference: str, move: str) -> Any:
    form = EndForm()
    return _act(reference, form, "end_form", _("Ended. Nothing is changed."), lambda: end_recovery(
        reference, move, form.reason.data or "", by=current_user.actor, now=now(), version=form.seen_version))


def _act(reference: str, form: ActForm, name: str, done: str, act: Callable[[], object]) -> Any:
    if not form.validate():
        return _page(_found(reference), **{name: form}), 422

    def press() -> str:
        act()
        flash(done, "ok")
        return url_for(".show", reference=reference)

    try:
        return once(form, press)
    except Refused as refused:
        problems = form.show_problems(refused.problems)
        return _page(_found(reference), problems=problems, **{name: form}), 422


def _page(one: Recovery, *, problems: Any = (), **sent: Any) -> str:
    session = db.session()
    kinds: dict[str, Any] = {"whose_form": WhoseForm, "check_form": CheckForm, "confirm_form": ConfirmForm,
                             "end_form": EndForm}
    forms = {name: sent.get(name) or kind(formdata=None) for name, kind in kinds.items()}
    for form in forms.values():
        form.version.data = str(one.version)
    offers = {offer.move.name: offer for offer in RECOVERY.offers(one.state, current_user.actor,
                                                                  facts_of(session, one, now()))}
    # What the form itself asks for stands against nothing before the form is sent.
    check = offers.get("check")
    asked_there = {"no_face_seen", "identity_differs", "photo_differs", "notes_missing"}
    return render_template(
        "recovery/staff/show.html", one=one, label=RECOVERY.label(one.state), offers=offers, problems=problems,
        against=[found for found in check.problems if found.code not in asked_there] if check else [],
        seen_names=[SEEN_NAMES[Seen(code)] for code in one.seen], moves=moves_of(session, one.id), lifecycle=RECOVERY,
        new_contact=contact_of_key(one.contact).shown, form=next(iter(sent.values()), None), masked=_masked,
        may_act=current_user.actor.may(Permission.RECOVER_ACCESS), terms=terms_on(session, local_day(now())), **forms,
    )


def _masked(address: str) -> str:
    return mask_email(address) if "@" in address else mask_phone(address)


def _found(reference: str) -> Recovery:
    return recovery_by_reference(db.session(), reference) or abort(404)


def _notice(rows: Any) -> str:
    """For the staff's group: numbers alone, for what was typed may be a stranger's."""
    lines = [f"{one.reference} {_('by %(moment)s', moment=show_moment(one.stale_at))}" for one, _label, _left in
             rows[:10]]
    head = _("Lost sign-ins that wait, %(day)s:", day=show_day(local_day(now())))
    return "\n".join([head, *lines, outside_url("recovery_staff.queue")]) if lines else ""
