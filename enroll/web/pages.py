"""The pages that belong to no feature: the language switch, and what machines ask to know that we live."""

from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, session
from sqlalchemy import text

from enroll.storage.database import db
from enroll.web import samples
from enroll.web.access import public
from enroll.web.addresses import own_path
from enroll.web.language import LANGUAGES
from enroll.web.language import language as chosen_language

SHELLS = ("learner", "staff", "public")

pages = Blueprint("web", __name__)


@pages.get("/language/<code:code>")
@public
def language(code: str) -> Any:
    if code not in LANGUAGES:
        abort(404)
    session["language"] = code
    return redirect(own_path(request.args.get("next"), "/"), 303)


@pages.get("/components")
@public
def components() -> Any:
    """Every macro with real values, for those who write pages; not in production."""
    if not (current_app.config["DEMO"] or current_app.testing):
        abort(404)
    shell = request.args.get("shell", "learner")
    if shell not in SHELLS:
        abort(404)
    return render_template("web/components.html", **samples.values(chosen_language(), shell))


@pages.get("/healthz")
@public
def healthz() -> Any:
    return {"alive": True}


@pages.get("/readyz")
@public
def readyz() -> Any:
    """Database, files and worker, each by name; 503 when one is not there."""
    checks = {name: bool(check()) for name, check in current_app.extensions["readiness"].items()}
    return {"ready": all(checks.values()), **checks}, 200 if all(checks.values()) else 503


def database_answers() -> bool:
    db.session.execute(text("SELECT 1"))
    return True
