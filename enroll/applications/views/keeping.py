"""The draft, kept by itself while one chooses (without a script the page's button does the same), and the way back to
it from the pages where a part of it is put right."""

from collections.abc import Callable
from typing import Any

from flask import abort, jsonify, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.applications.forms.applying import ChooseForm
from enroll.applications.lifecycle import ApplicationState
from enroll.applications.queries.own import to_be_handed_in
from enroll.applications.services.drafting import begin_application, choose_sittings
from enroll.applications.views.applying import applications, opening_for, own
from enroll.foundation.problems import Refused
from enroll.storage.database import again_if_crowded, db, transaction
from enroll.web.access import requires
from enroll.web.addresses import asked
from enroll.web.language import show_clock, translate
from enroll.web.moments import now


@applications.app_context_processor
def way_back() -> dict[str, Any]:
    """For the pages of identity and photo, which know of no application: application_to_hand_in()."""
    return {"application_to_hand_in": _to_hand_in}


def _to_hand_in() -> tuple[str, str] | None:
    """The application somebody mends these parts for, and the page on which it is handed in."""
    found = to_be_handed_in(db.session(), current_user.account_id) if current_user.is_authenticated else None
    if found is None:
        return None
    reference, state = found
    page = "applications.correct" if state == ApplicationState.RETURNED else "applications.check"
    return reference, url_for(page, reference=reference)


@applications.post("/new/keep")
@requires(Permission.APPLY)
def keep_new() -> Any:
    """The first choice begins the draft; the page goes on as the draft's own."""
    opening = opening_for(asked("window", most=6)) or abort(404)
    form, code = ChooseForm(opening.attempt.parts), opening.window.code

    def begin() -> tuple[str, int]:
        with transaction():
            reference = begin_application(opening.enrolment.learner_id, code, by=current_user.actor, now=now())
            return reference, _choose(reference, form, None)

    return _kept(form, begin)


@applications.post("/<ref:reference>/sittings/keep")
@requires(Permission.APPLY)
def keep(reference: str) -> Any:
    form = ChooseForm(own(reference).parts)
    return _kept(form, lambda: (reference, _choose(reference, form, form.seen_version)))


def _choose(reference: str, form: ChooseForm, seen_version: int | None) -> int:
    return choose_sittings(reference, form.chosen, by=current_user.actor, now=now(), seen_version=seen_version,
                           wait_for=form.wait_for, whole=False)


def _kept(form: ChooseForm, act: Callable[[], tuple[str, int]]) -> Any:
    """What the page says of it, and with which version and addresses it goes on."""
    if not form.validate():
        return jsonify(words=" ".join(str(error) for errors in form.errors.values() for error in errors)), 422
    try:
        reference, version = again_if_crowded(act)
    except Refused as refused:
        return jsonify(words=" ".join(translate(one.words) for one in refused.problems)), 422
    return jsonify(words=_("Draft kept %(moment)s", moment=show_clock(now())), version=version,
                   page=url_for("applications.choose", reference=reference),
                   keep=url_for("applications.keep", reference=reference))
