"""Where the staff pages of results hang, and what they share."""

from typing import Any

from flask import Blueprint, abort, flash
from flask_babel import ngettext

from enroll.foundation.marks import shown_mark
from enroll.results.models import Result
from enroll.results.queries.facts import result_by_reference
from enroll.results.rules.verdicts import VERDICT_LABELS, Verdict
from enroll.sittings.models import Sitting
from enroll.sittings.queries import sitting_by_code
from enroll.storage.database import db
from enroll.web.language import translate

results_staff = Blueprint("results_staff", __name__, url_prefix="/staff")


def the_sitting(code: str) -> Sitting:
    return sitting_by_code(db.session(), code) or abort(404)


def the_result(reference: str) -> Result:
    return result_by_reference(db.session(), reference) or abort(404)


def value_of(entry: Any) -> str:
    """A mark as people write it, or the bare outcome where there is no mark."""
    if entry is None:
        return ""
    if entry.mark is not None:
        return shown_mark(entry.mark)
    return translate(VERDICT_LABELS[Verdict(entry.verdict)].staff) if entry.verdict else ""


def say_saved(number: int) -> None:
    if number:
        flash(ngettext("%(num)s mark saved.", "%(num)s marks saved.", number), "ok")
