"""Settings for the administrator: figures and prices by day, holidays, the organisation. The old value always stays."""

from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.problems import Refused
from enroll.programmes.forms.figures import form_for
from enroll.programmes.forms.settings import OrganisationForm, PriceForm
from enroll.programmes.models import FeeItem, Organisation, Programme
from enroll.programmes.queries.programmes import (
    all_prices,
    now_and_later,
    organisation,
    price_history,
    programme_by_code,
    rule_history,
)
from enroll.programmes.queries.programmes import (
    programmes as all_programmes,
)
from enroll.programmes.rules.known_rules import FIGURE_NAMES, KNOWN, KNOWN_BY_KEY, KnownRule
from enroll.programmes.services.settings import change_price, set_organisation, set_rule
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.moments import now, today
from enroll.web.once import once

staff_settings = Blueprint("staff_settings", __name__, url_prefix="/staff/settings")
SEES = (Permission.MANAGE_SETTINGS, Permission.SEE_AUDIT)


@staff_settings.get("")
@requires(*SEES)
def index() -> Any:
    session = db.session()
    return render_template(
        "programmes/staff/settings.html", organisation=organisation(session), programmes=all_programmes(session),
        prices=all_prices(session), today=today(), may_change=current_user.actor.may(Permission.MANAGE_SETTINGS),
    )


@staff_settings.get("/programmes/<code:code>")
@requires(*SEES)
def programme(code: str) -> Any:
    found = _programme(code)
    rows = [(known, *now_and_later(rule_history(found, known.key), today())) for known in KNOWN]
    return render_template("programmes/staff/rules.html", programme=found, rows=rows, today=today(),
                           figure_names=FIGURE_NAMES, may_change=current_user.actor.may(Permission.MANAGE_SETTINGS))


@staff_settings.route("/programmes/<code:code>/<key>", methods=["GET", "POST"])
@requires(Permission.MANAGE_SETTINGS)
def rule(code: str, key: str) -> Any:
    found, known = _programme(code), KNOWN_BY_KEY.get(key) or abort(404)
    current, _coming = now_and_later(rule_history(found, key), today())
    form: Any = form_for(known, current.value if current else None)
    problems: Any = ()
    if form.is_submitted() and form.validate() and _is_not_past(form):
        def act() -> str:
            set_rule(code, key, form.typed(), form.from_on.data, form.official.data,
                     form.source.data, by=current_user.actor, now=now())
            flash(_("The figure is set from that day on."), "ok")
            return url_for(".programme", code=code)

        try:
            return once(form, act)
        except Refused as refused:
            problems = form.show_problems(refused.problems)
    return _rule_page(found, known, form, problems), (422 if form.errors or problems else 200)


@staff_settings.route("/prices/<code:code>", methods=["GET", "POST"])
@requires(Permission.MANAGE_SETTINGS, Permission.MANAGE_FEES)
def price(code: str) -> Any:
    history = price_history(db.session(), code) or abort(404)
    form: Any = PriceForm()
    problems: Any = ()
    if form.is_submitted() and form.validate() and _is_not_past(form):
        def act() -> str:
            change_price(code, form.amount.data, form.from_on.data, source=form.source.data, by=current_user.actor,
                         now=now())
            flash(_("The price is set from that day on."), "ok")
            return url_for(".price", code=code)

        try:
            return once(form, act)
        except Refused as refused:
            problems = form.show_problems(refused.problems)
    return _price_page(history, form, problems), (422 if form.errors or problems else 200)


@staff_settings.route("/organisation", methods=["GET", "POST"])
@requires(Permission.MANAGE_SETTINGS)
def house() -> Any:
    found = organisation(db.session()) or abort(404)
    form = OrganisationForm(data=_fields_of(found))
    if form.is_submitted() and form.validate():
        def act() -> str:
            set_organisation(_columns_of(form), by=current_user.actor, now=now())
            flash(_("Saved."), "ok")
            return url_for(".index")

        return once(form, act)
    return render_template("programmes/staff/organisation.html", form=form), (422 if form.errors else 200)


def _is_not_past(form: Any) -> bool:
    """A figure is never changed for days that are over: what was decided by it stays explained by it."""
    if form.from_on.data >= today():
        return True
    form.from_on.errors = [*form.from_on.errors, _("Choose today or a later day.")]
    return False


def _programme(code: str) -> Programme:
    found: Programme = programme_by_code(db.session(), code) or abort(404)
    return found


def _rule_page(found: Programme, known: KnownRule, form: Any, problems: Any) -> str:
    return render_template("programmes/staff/rule.html", programme=found, known=known, form=form, problems=problems,
                           history=rule_history(found, known.key), figure_names=FIGURE_NAMES, today=today())


def _price_page(history: Any, form: Any, problems: Any) -> str:
    item: FeeItem = history[0]
    return render_template("programmes/staff/price.html", item=item, history=history, form=form, problems=problems)


def _fields_of(found: Organisation) -> dict[str, str]:
    fields = {name: getattr(found, name, "") for name in OrganisationForm()._fields}
    filed = found.registrations or {}
    return {**fields, "full_name": found.name, "icp": filed.get("icp", ""), "police": filed.get("police", "")}


def _columns_of(form: OrganisationForm) -> dict[str, Any]:
    plain = {one.name: one.data for one in form if hasattr(Organisation, one.name)}
    return {**plain, "name": form.full_name.data, "registrations": {"icp": form.icp.data, "police": form.police.data}}
