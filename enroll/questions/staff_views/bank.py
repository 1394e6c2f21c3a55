"""The bank: the list with its filter, one question with its editions, its moves, and files of the list."""

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.problems import NotFound, Problem, Refused, Stale
from enroll.foundation.words import N_
from enroll.questions.forms import BankFilterForm
from enroll.questions.lifecycle import QUESTION, QuestionState
from enroll.questions.models import BankQuestion
from enroll.questions.queries.bank import (
    BankFilter,
    counts_by_state,
    editions,
    moves_of,
    question_by_code,
    questions_found,
    questions_to_export,
    topics,
    use_of,
)
from enroll.questions.rules.formats import as_aiken, as_gift
from enroll.questions.rules.questions import DIFFICULTY_NAMES, JUDGE_OPTIONS, KIND_NAMES, Kind
from enroll.questions.services.bank import move_question
from enroll.questions.services.importing import TEXT, XLSX, as_workbook
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number
from enroll.web.downloads import send_bytes
from enroll.web.forms import MoveForm
from enroll.web.moments import now, today
from enroll.web.once import once

bank_staff = Blueprint("bank_staff", __name__, url_prefix="/staff/bank")
SEES = (Permission.MANAGE_BANK, Permission.SEE_AUDIT)


@bank_staff.get("")
@requires(*SEES)
def index() -> Any:
    form, chosen = _filter()
    session, counts = db.session(), counts_by_state(db.session())
    page = questions_found(session, chosen, after=asked_number("after"))
    return render_template(
        "questions/staff/bank.html", form=form, chosen=chosen, page=page, labels=QUESTION.labels, kinds=KIND_NAMES,
        levels=DIFFICULTY_NAMES, names={one.code: one.name for one in topics(session)}, asked=_asked(chosen),
        tabs_of=_tabs(chosen, counts), may_manage=current_user.actor.may(Permission.MANAGE_BANK),
    )


@bank_staff.get("/export.xlsx", defaults={"form": "xlsx"})
@bank_staff.get("/export.gift.txt", defaults={"form": "gift"})
@bank_staff.get("/export.aiken.txt", defaults={"form": "aiken"})
@requires(Permission.MANAGE_BANK)
def export(form: str) -> Any:
    """The list as it is filtered, in a form that can be brought in again."""
    questions, name = questions_to_export(db.session(), _filter()[1]), f"bank-{today():%Y%m%d}"
    if form == "xlsx":
        return send_bytes(as_workbook(questions), media_type=XLSX, name=f"{name}.xlsx")
    text = as_gift(questions) if form == "gift" else as_aiken(questions)[0]
    return send_bytes(text.encode(), media_type=TEXT, name=f"{name}-{form}.txt")


@bank_staff.get("/questions/<code:code>")
@requires(*SEES)
def show(code: str) -> Any:
    return question_page(code)


@bank_staff.post("/questions/<code:code>/<any(send,publish,retire,restore):move>")
@requires(Permission.MANAGE_BANK)
def make(code: str, move: str) -> Any:
    form = MoveForm()
    if not form.validate():
        return question_page(code, form=form), 422

    def act() -> str:
        move_question(code, move, by=current_user.actor, now=now(), version=form.seen_version,
                      reason=form.reason.data or "")
        return url_for("bank_staff.show", code=code)

    try:
        return once(form, act)
    except NotFound:
        abort(404)
    except Stale:
        return question_page(code, form=form, stale=True), 409
    except Refused as refused:
        return question_page(code, refused.problems, form), 422


def question_page(
    code: str, problems: tuple[Problem, ...] = (), form: MoveForm | None = None, stale: bool = False
) -> Any:
    session = db.session()
    question = question_by_code(session, code) or abort(404)
    form = form or MoveForm(formdata=None)
    form.version.data = str(question.version)
    offers = QUESTION.offers(question.state, current_user.actor, None)
    return render_template(
        "questions/staff/question.html", question=question, label=QUESTION.label(question.state), offers=offers,
        editions=editions(session, question.id), history=_history(question), use=use_of(session, question.id),
        topic=next((one.name for one in topics(session) if one.code == question.topic), question.topic),
        kind=KIND_NAMES[Kind(question.kind)], level=DIFFICULTY_NAMES[question.difficulty], truths=JUDGE_OPTIONS,
        form=form, problems=problems, stale=stale, may_manage=current_user.actor.may(Permission.MANAGE_BANK),
    )


def _history(question: BankQuestion) -> list[dict[str, Any]]:
    return [{"at": one.made_at, "title": QUESTION.moves[one.move].label if one.move in QUESTION.moves else N_("Added"),
             "who": one.made_by_name, "note": one.reason} for one in moves_of(db.session(), question.id)]


def _filter() -> tuple[BankFilterForm, BankFilter]:
    form = BankFilterForm(request.args)
    known = topics(db.session())
    form.offer(known)
    if not form.validate():
        return form, BankFilter(text="?")
    state, difficulty = asked("state", most=20), form.difficulty.data or ""
    return form, BankFilter(
        text=form.q.data or "", topic=form.topic.data if form.topic.data in {one.code for one in known} else "",
        kind=form.kind.data if form.kind.data in set(Kind) else "",
        difficulty=int(difficulty) if difficulty in {"1", "2", "3"} else 0,
        state=state if state in set(QuestionState) else "",
    )


def _asked(chosen: BankFilter) -> dict[str, Any]:
    return {"q": chosen.text or None, "topic": chosen.topic or None, "kind": chosen.kind or None,
            "difficulty": chosen.difficulty or None, "state": chosen.state or None}


def _tabs(chosen: BankFilter, counts: dict[str, int]) -> list[dict[str, Any]]:
    kept = {**_asked(chosen), "state": None}
    all_of_them = sum(count for state, count in counts.items() if state != QuestionState.RETIRED)
    rows = [{"label": N_("All"), "href": url_for("bank_staff.index", **kept), "count": all_of_them,
             "current": not chosen.state}]
    return rows + [{"label": QUESTION.label(state).staff, "count": counts.get(state, 0),
                    "current": chosen.state == state, "href": url_for("bank_staff.index", **{**kept, "state": state})}
                   for state in QuestionState]
