"""Courses as those who write them see them: the list, one course with its editions, and the moves of an edition."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.courses.forms import CourseFilterForm, CourseForm, ModuleForm, NewCourseForm, NextEditionForm
from enroll.courses.lifecycle import COURSE_EDITION
from enroll.courses.models.editions import Course, CourseEdition
from enroll.courses.queries.catalogue import PAGE_ROWS, courses_found, section_sums
from enroll.courses.queries.editions import (
    course_by_code,
    edition_at,
    facts_about,
    maker_of,
    moves_of,
    newest_edition,
    studying_by_edition,
)
from enroll.courses.rules.editions import edition_warnings
from enroll.courses.services.authoring import CourseWords, word_course, write_course
from enroll.courses.services.editions import make_next_edition, publish_edition, retire_edition, wording_faults
from enroll.foundation.problems import Problem, Refused, Stale
from enroll.foundation.words import N_
from enroll.programmes.queries.programmes import programmes, rules_of
from enroll.programmes.queries.wording import wordings
from enroll.programmes.rules.figures import RuleMissing
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number
from enroll.web.forms import ActForm, MoveForm, options
from enroll.web.moments import now, today
from enroll.web.once import once

authoring = Blueprint("authoring", __name__, url_prefix="/staff/courses")
SEES = (Permission.MANAGE_COURSES, Permission.SEE_AUDIT)
SORTS = ("position", "code", "title")


@authoring.get("")
@requires(*SEES)
def index() -> Any:
    form = CourseFilterForm(request.args)
    text = form.q.data or "" if form.validate() else "?"
    section, state = form.section.data or "", form.state.data or ""
    sort = asked("sort") if asked("sort") in SORTS else "position"
    page, session = max(asked_number("page") or 1, 1), db.session()
    rows, total = courses_found(session, text=text, section=section, state=state, sort=sort, page=page)
    kept = {"q": text or None, "section": section or None, "state": state or None, "sort": asked("sort") or None}
    return render_template(
        "courses/staff/courses.html", form=form, rows=rows, total=total, page=page, kept=kept, sort=sort,
        more=page * PAGE_ROWS < total, sums=section_sums(session), demand=_demand(), may_write=_may_write(),
    )


@authoring.get("/new")
@requires(Permission.MANAGE_COURSES)
def new() -> Any:
    return _course_form(_offer(NewCourseForm(formdata=None)))


@authoring.post("/new")
@requires(Permission.MANAGE_COURSES)
def add() -> Any:
    form = _offer(NewCourseForm())
    if not form.validate():
        return _course_form(form), 422
    code, section = (form.code.data or "").upper(), form.section.data
    words = _words(form, section)

    def act() -> str:
        write_course(form.programme.data, code, section, words, by=current_user.actor, now=now())
        return url_for("authoring.show", course=code)

    try:
        answer = once(form, act)
    except Refused as refused:
        return _course_form(form, problems=form.show_problems(refused.problems)), 422
    flash(_("The course has an empty draft. Add its first module."), "ok")
    return answer


@authoring.get("/<code:course>")
@requires(*SEES)
def show(course: str) -> Any:
    return edition_page(course, asked_number("edition"))


@authoring.get("/<code:course>/words")
@requires(Permission.MANAGE_COURSES)
def words(course: str) -> Any:
    found, form = _course(course), CourseForm(formdata=None)
    form.title.data, form.title_en.data, form.summary.data = found.title, found.title_en, found.summary
    form.show_career(found.career)
    return _course_form(form, found)


@authoring.post("/<code:course>/words")
@requires(Permission.MANAGE_COURSES)
def save_words(course: str) -> Any:
    found, form = _course(course), CourseForm()
    if not form.validate():
        return _course_form(form, found), 422
    worded = _words(form, found.section)

    def act() -> str:
        word_course(course, worded, by=current_user.actor, now=now())
        return url_for("authoring.show", course=course)

    try:
        answer = once(form, act)
    except Refused as refused:
        return _course_form(form, found, form.show_problems(refused.problems)), 422
    flash(_("The words of the course are changed, for every edition."), "ok")
    return answer


@authoring.post("/<code:course>/next")
@requires(Permission.MANAGE_COURSES)
def next_edition(course: str) -> Any:
    _course(course)
    form = NextEditionForm()
    if not form.validate():
        return edition_page(course, None, next_form=form), 422

    def act() -> str:
        number = make_next_edition(course, form.note.data or "", by=current_user.actor, now=now())
        return url_for("authoring.show", course=course, edition=number)

    try:
        answer = once(form, act)
    except Refused as refused:
        return edition_page(course, None, form.show_problems(refused.problems), next_form=form), 409
    flash(_("The draft holds what the newest edition holds. Learners see none of it before you publish."), "ok")
    return answer


@authoring.post("/<code:course>/<int:number>/<any(publish,retire):move>")
@requires(Permission.MANAGE_COURSES)
def make(course: str, number: int, move: str) -> Any:
    edition_or_404(course, number)
    form = MoveForm()
    if not form.validate():
        return edition_page(course, number, form=form), 422
    service = publish_edition if move == "publish" else retire_edition

    def act() -> str:
        service(course, number, by=current_user.actor, now=now(), version=form.seen_version,
                reason=form.reason.data or "")
        return url_for("authoring.show", course=course, edition=number)

    try:
        answer = once(form, act)
    except Stale:
        return edition_page(course, number, stale=True, form=form), 409
    except Refused as refused:
        return edition_page(course, number, refused.problems, form), 422
    flash(_("Published. Whoever begins the course from now on studies this edition.") if move == "publish"
          else _("Retired. Whoever began this edition can finish it."), "ok")
    return answer


def edition_page(
    course: str, number: int | None, problems: tuple[Problem, ...] = (), form: MoveForm | None = None,
    stale: bool = False, module_form: ModuleForm | None = None, next_form: NextEditionForm | None = None,
) -> Any:
    session = db.session()
    edition = (newest_edition(session, course) if number is None else edition_at(session, course, number)) or abort(404)
    found, facts = edition.course, facts_about(edition)
    form = form or MoveForm(formdata=None)
    form.version.data = str(edition.version)
    flagged = tuple(wording_faults(edition, wordings(session, today()))) if edition.state == "draft" else ()
    facts = replace(facts, flagged=bool(flagged), maker_id=maker_of(session, edition.id))
    return render_template(
        "courses/staff/course.html", course=found, edition=edition, facts=facts, problems=problems, form=form,
        label=COURSE_EDITION.label(edition.state), labels=COURSE_EDITION.labels, warnings=edition_warnings(facts),
        flagged=flagged, offers={one.move.name: one for one in COURSE_EDITION.offers(
            edition.state, current_user.actor, facts)},
        studying=studying_by_edition(session, found.id), history=_history([one.id for one in found.editions]),
        act_form=ActForm(formdata=None), next_form=next_form or NextEditionForm(formdata=None), stale=stale,
        module_form=module_form or ModuleForm(formdata=None), may_write=_may_write(),
        writing=edition.state == "draft" and _may_write(), rests=edition.state != "draft",
        has_draft=any(one.state == "draft" for one in found.editions),
    )


def edition_or_404(course: str, number: int) -> CourseEdition:
    return edition_at(db.session(), course, number) or abort(404)


def _history(edition_ids: list[int]) -> list[dict[str, Any]]:
    return [{"at": one.made_at, "who": one.made_by_name, "note": one.reason,
             "title": COURSE_EDITION.moves[one.move].label if one.move in COURSE_EDITION.moves else N_("Draft begun")}
            for one in moves_of(db.session(), edition_ids)]


def _course(code: str) -> Course:
    return course_by_code(db.session(), code) or abort(404)


def _course_form(form: Any, course: Course | None = None, problems: tuple[Problem, ...] = ()) -> Any:
    return render_template("courses/staff/course_words.html", form=form, course=course, problems=problems,
                           directed=course is None or course.section == "direction")


def _words(form: CourseForm, section: str) -> CourseWords:
    return CourseWords(form.title.data or "", form.title_en.data or "", form.summary.data or "",
                       form.career() if section == "direction" else None)


def _offer(form: NewCourseForm) -> NewCourseForm:
    form.programme.choices = options((one.code, one.code) for one in programmes(db.session()))
    return form


def _may_write() -> bool:
    return bool(current_user.actor.may(Permission.MANAGE_COURSES))


def _demand() -> tuple[int, int] | None:
    """Minutes and practice minutes that the programme people enrol on demands; None where it states no figures."""
    first = next(iter(programmes(db.session())), None)
    if first is None:
        return None
    try:
        rules = rules_of(first, today())
    except RuleMissing:
        return None
    return rules.required_minutes, rules.practice_minutes
