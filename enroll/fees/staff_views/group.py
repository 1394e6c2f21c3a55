"""One transfer for several learners: an employer or a school pays for its group."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.fees.forms import GroupPaymentForm
from enroll.fees.queries.lists import fees_by_references
from enroll.fees.services.grouping import record_group
from enroll.fees.staff_views.lists import fees_staff
from enroll.foundation.masking import mask_name
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.language import translate
from enroll.web.moments import now
from enroll.web.once import once

MOST = 100


@fees_staff.route("/group", methods=["GET", "POST"])
@requires(Permission.MANAGE_FEES)
def group() -> Any:
    """The fees that were ticked (?fee=F000001&fee=…): what each gets of the transfer, before anything is recorded."""
    asked_for = [one for one in request.values.getlist("fee") if one.isascii() and one.isalnum()]
    chosen = fees_by_references(db.session(), asked_for[:MOST])
    if not chosen:
        flash(_("Tick the fees that were paid together."), "info")
        return redirect(url_for(".queue", payer="employer"), 303)
    form: Any = GroupPaymentForm()
    if form.is_submitted() and form.validate():
        return once(form, lambda: _record(form, [fee.reference for fee in chosen]))
    if request.method == "GET":
        form.paid_at.data = now()
    return _page(form, chosen), (422 if form.errors else 200)


def _record(form: Any, references: list[str]) -> str:
    answers = record_group(references, form.provider.data, form.trade_no.data, form.paid_at.data,
                           by=current_user.actor, now=now())
    done = [one for one in answers if not one.problems]
    if done:
        flash(ngettext("%(num)s payment is recorded.", "%(num)s payments are recorded.", len(done)), "ok")
    for one in answers:
        for problem in one.problems:
            flash(_("%(fee)s was not recorded: %(why)s", fee=one.reference, why=translate(problem)), "bad")
    return url_for(".queue", payer="employer")


def _page(form: Any, chosen: Any) -> str:
    rows = [(fee, mask_name(fee.learner.called), f"-{place}") for place, fee in enumerate(chosen, start=1)]
    return render_template("fees/staff/group.html", form=form, rows=rows, sum=sum(fee.owed_fen for fee in chosen))
