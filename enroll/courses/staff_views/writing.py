"""Modules and lessons of a draft: written, ordered by buttons, taken out; previewed as the learner sees them."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, make_response, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.courses.forms import AttachmentForm, LessonForm, ModuleForm, VideoForm, WordingForm
from enroll.courses.models.editions import CourseEdition, Lesson
from enroll.courses.queries.editions import corrections_of, lesson_of_edition, module_of_edition, quizzes
from enroll.courses.rules.authoring import MOST_TEXT, host_of, rubric_as_text
from enroll.courses.rules.practice import DEFAULT_RUBRIC, Deliverable
from enroll.courses.services import authoring as services
from enroll.courses.services.materials import correct_words
from enroll.courses.staff_views.authoring import SEES, authoring, edition_or_404, edition_page
from enroll.documents.markdown import as_html
from enroll.foundation.problems import NotFound, Problem, Refused, Stale
from enroll.programmes.queries.wording import wordings
from enroll.programmes.rules.advertising import Found, words_in
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.forms import ActForm
from enroll.web.headers import allow_media
from enroll.web.moments import now, today
from enroll.web.once import once
from enroll.web.uploads import takes_files

WRITES = Permission.MANAGE_COURSES


@authoring.post("/<code:course>/<int:number>/modules")
@requires(WRITES)
def add_module(course: str, number: int) -> Any:
    edition_or_404(course, number)
    form = ModuleForm()
    if not form.validate():
        return edition_page(course, number, module_form=form), 422
    return act_on(course, number, form, lambda: services.add_module(
        course, number, form.title.data or "", by=current_user.actor, now=now()))


@authoring.post("/<code:course>/<int:number>/modules/<code:module>/rename")
@requires(WRITES)
def rename_module(course: str, number: int, module: str) -> Any:
    edition_or_404(course, number)
    form = ModuleForm()
    if not form.validate():
        return edition_page(course, number, module_form=form), 422
    return act_on(course, number, form, lambda: services.rename_module(
        course, number, module, form.title.data or "", by=current_user.actor, now=now()), module)


@authoring.post("/<code:course>/<int:number>/modules/<code:module>/<any(up,down,remove):move>")
@requires(WRITES)
def move_module(course: str, number: int, module: str, move: str) -> Any:
    edition_or_404(course, number)

    def act() -> Any:
        if move == "remove":
            return services.remove_module(course, number, module, by=current_user.actor, now=now())
        return services.shift_module(course, number, module, -1 if move == "up" else 1, by=current_user.actor,
                                     now=now())

    return act_on(course, number, ActForm(), act, module if move != "remove" else "")


@authoring.get("/<code:course>/<int:number>/modules/<code:module>/new")
@requires(WRITES)
def new_lesson(course: str, number: int, module: str) -> Any:
    edition = edition_or_404(course, number)
    module_of_edition(db.session(), edition.id, module) or abort(404)
    form = _offered(LessonForm(formdata=None), edition, None)
    form.rubric.data = rubric_as_text(DEFAULT_RUBRIC)
    return _form_page(edition, form, module=module)


@authoring.post("/<code:course>/<int:number>/modules/<code:module>/new")
@requires(WRITES)
@takes_files(MOST_TEXT * 4)
def add_lesson(course: str, number: int, module: str) -> Any:
    edition = edition_or_404(course, number)
    module_of_edition(db.session(), edition.id, module) or abort(404)
    form = _offered(LessonForm(), edition, None)
    return _keep(edition, form, None, module, lambda new: services.add_lesson(
        course, number, module, new, by=current_user.actor, now=now()))


@authoring.get("/<code:course>/<int:number>/<code:lesson>/edit")
@requires(WRITES)
def edit(course: str, number: int, lesson: str) -> Any:
    edition, found = lesson_or_404(course, number, lesson)
    form = _offered(LessonForm(formdata=None), edition, lesson)
    form.show(found)
    form.version.data = str(edition.version)
    return _form_page(edition, form, found)


@authoring.post("/<code:course>/<int:number>/<code:lesson>/edit")
@requires(WRITES)
@takes_files(MOST_TEXT * 4)
def save(course: str, number: int, lesson: str) -> Any:
    edition, found = lesson_or_404(course, number, lesson)
    form = _offered(LessonForm(), edition, lesson)

    def write(new: Any) -> str:
        services.edit_lesson(course, number, lesson, new, by=current_user.actor, now=now(), version=form.seen_version)
        return lesson

    return _keep(edition, form, found, "", write)


@authoring.post("/<code:course>/<int:number>/<code:lesson>/<any(up,down,remove):move>")
@requires(WRITES)
def move_lesson(course: str, number: int, lesson: str, move: str) -> Any:
    lesson_or_404(course, number, lesson)

    def act() -> Any:
        if move == "remove":
            return services.remove_lesson(course, number, lesson, by=current_user.actor, now=now())
        return services.shift_lesson(course, number, lesson, -1 if move == "up" else 1, by=current_user.actor,
                                     now=now())

    return act_on(course, number, ActForm(), act, lesson if move != "remove" else "")


@authoring.get("/<code:course>/<int:number>/<code:lesson>")
@requires(*SEES)
def preview(course: str, number: int, lesson: str) -> Any:
    return preview_page(*lesson_or_404(course, number, lesson))


@authoring.get("/<code:course>/<int:number>/<code:lesson>/wording")
@requires(WRITES)
def wording(course: str, number: int, lesson: str) -> Any:
    edition, found = lesson_or_404(course, number, lesson)
    return _wording_page(edition, found, WordingForm(formdata=None, title=found.title, text=found.text))


@authoring.post("/<code:course>/<int:number>/<code:lesson>/wording")
@requires(WRITES)
@takes_files(MOST_TEXT * 4)
def save_wording(course: str, number: int, lesson: str) -> Any:
    edition, found = lesson_or_404(course, number, lesson)
    form = WordingForm()
    if not form.validate():
        return _wording_page(edition, found, form), 422

    def act() -> str:
        correct_words(course, number, lesson, form.title.data or "", form.text.data or "", form.reason.data or "",
                      by=current_user.actor, now=now())
        return url_for("authoring.preview", course=course, number=number, lesson=lesson)

    try:
        answer = once(form, act)
    except Refused as refused:
        return _wording_page(edition, found, form, form.show_problems(refused.problems)), 422
    flash(_("The words are corrected; what stood there before is kept."), "ok")
    return answer


def lesson_or_404(course: str, number: int, code: str) -> tuple[CourseEdition, Lesson]:
    edition = edition_or_404(course, number)
    return edition, lesson_of_edition(db.session(), edition.id, code) or abort(404)


def preview_page(
    edition: CourseEdition, lesson: Lesson, problems: tuple[Problem, ...] = (), **forms: Any
) -> Any:
    shown = render_template(
        "courses/staff/lesson_preview.html", edition=edition, course=edition.course, lesson=lesson,
        text=as_html(lesson.text, drop_title=True), wanted=[Deliverable.of(kept) for kept in lesson.deliverables],
        flagged=_flagged(lesson.title, lesson.text), corrections=corrections_of(db.session(), lesson.id),
        writing=edition.state == "draft" and current_user.actor.may(WRITES), problems=problems,
        corrects=edition.state == "published" and current_user.actor.may(WRITES), act_form=ActForm(formdata=None),
        video=_video_address(edition, lesson),
        **{"attachment_form": AttachmentForm(formdata=None), "video_form": VideoForm(formdata=None), **forms},
    )
    return _allowing(shown, lesson.video_url) if lesson.video_url else shown


def _flagged(title: str, text: str) -> tuple[Found, ...]:
    """The words of the list in a lesson, each with its line."""
    known = wordings(db.session(), today())
    return (*words_in(known, title, titles=True), *words_in(known, text))


def act_on(course: str, number: int, form: Any, act: Callable[[], Any], place: str = "") -> Any:
    """One press on a draft: done, and back at the place it was made; refused on the same page with the reason."""
    form.validate()

    def whole() -> str:
        made = act()
        return url_for("authoring.show", course=course, edition=number, _anchor=place or made or None)

    try:
        return once(form, whole)
    except NotFound:
        abort(404)
    except Refused as refused:
        return edition_page(course, number, refused.problems), 409


def _keep(edition: CourseEdition, form: LessonForm, found: Lesson | None, module: str, write: Callable[[Any], str]
          ) -> Any:
    if not form.validate():
        return _form_page(edition, form, found, module), 422
    new, faults = form.lesson()
    if faults:
        return _form_page(edition, form, found, module, form.show_problems(faults)), 422

    def act() -> str:
        return url_for("authoring.preview", course=edition.course.code, number=edition.number, lesson=write(new))

    course, number = edition.course.code, edition.number
    try:
        answer = once(form, act)
    except Stale:
        edition = edition_or_404(course, number)
        form.version.data = str(edition.version)
        seen = found and lesson_or_404(course, number, found.code)[1]
        return _form_page(edition, form, seen, module, stale=True), 409
    except Refused as refused:
        edition = edition_or_404(course, number)
        return _form_page(edition, form, found and lesson_or_404(course, number, found.code)[1], module,
                          form.show_problems(refused.problems)), 422
    flash(_("Kept. This is how the learner sees it."), "ok")
    return answer


def _offered(form: LessonForm, edition: CourseEdition, code: str | None) -> LessonForm:
    form.offer(quizzes(db.session()), services.codes_before(edition, code))
    return form


def _form_page(
    edition: CourseEdition, form: LessonForm, lesson: Lesson | None = None, module: str = "",
    problems: tuple[Problem, ...] = (), stale: bool = False,
) -> Any:
    return render_template(
        "courses/staff/lesson_edit.html", edition=edition, course=edition.course, form=form, lesson=lesson,
        module=module, problems=problems, stale=stale,
        flagged=_flagged(form.title.data or "", form.text.data or ""),
    )


def _wording_page(edition: CourseEdition, lesson: Lesson, form: WordingForm, problems: Any = ()) -> Any:
    return render_template(
        "courses/staff/lesson_wording.html", edition=edition, course=edition.course, lesson=lesson, form=form,
        problems=problems, flagged=_flagged(form.title.data or "", form.text.data or ""),
    )


def _video_address(edition: CourseEdition, lesson: Lesson) -> str:
    if lesson.video_id is None:
        return lesson.video_url
    return url_for("authoring.video", course=edition.course.code, number=edition.number, lesson=lesson.code)


def _allowing(page: str, address: str) -> Any:
    return allow_media(make_response(page), host_of(address))
