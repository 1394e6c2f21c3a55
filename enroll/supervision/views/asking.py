"""One's own questions: asked with what is similar in view, read, added to, closed, rated; and the answers for all."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.courses.models.editions import Lesson
from enroll.courses.queries.lessons import lesson_by_code
from enroll.documents.images import ImageLimits, accept_document
from enroll.documents.refusals import UnacceptableImage
from enroll.foundation.problems import Refused
from enroll.programmes.queries.windows import working_calendar
from enroll.storage.database import db
from enroll.storage.files import StoredFile, keep_file
from enroll.supervision.forms import AskForm, PostForm, RateForm
from enroll.supervision.lifecycle import LEARNER_QUESTION, WAITING
from enroll.supervision.models import LearnerQuestion
from enroll.supervision.queries import asking as queries
from enroll.supervision.rules.asking import KIND_TAGS, RATINGS, TARGET_WORKING_DAYS, QuestionKind
from enroll.supervision.services import asking as services
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number
from enroll.web.downloads import send_stored
from enroll.web.forms import ActForm
from enroll.web.moments import now
from enroll.web.once import once
from enroll.web.throttle import limiter
from enroll.web.uploads import takes_files

questions = Blueprint("qa", __name__, url_prefix="/questions")
LARGEST_PICTURE = 10 * 1024 * 1024
LONGEST_SIDE = 1600


@questions.get("")
@requires(Permission.LEARN)
def mine() -> Any:
    page = queries.my_questions(db.session(), current_user.account_id, after=asked_number("after"))
    return render_template("supervision/questions.html", page=page, lifecycle=LEARNER_QUESTION, tags=KIND_TAGS)


@questions.get("/faq")
@requires(Permission.LEARN)
def faq() -> Any:
    session, text = db.session(), asked("q", most=120)
    if text:
        found = queries.similar_answers(session, text, at_most=30, loose=True)
        return render_template("supervision/faq.html", answers=found, q=text, page=None)
    page = queries.public_answers(session, after=asked_number("after"))
    return render_template("supervision/faq.html", answers=page.rows, q="", page=page)


@questions.get("/similar")
@limiter.limit("90/minute")
@requires(Permission.LEARN)
def similar() -> Any:
    """What is shown while somebody types; the check page shows the same without a script."""
    answers = queries.similar_answers(db.session(), asked("q", most=500))
    return render_template("supervision/_similar.html", answers=answers) if answers else ("", 204)


@questions.get("/new")
@requires(Permission.LEARN)
def new() -> Any:
    form = AskForm(formdata=None, lesson=asked("lesson", most=30), item=asked("item", most=9))
    return _ask_page(form)


@questions.post("/check")
@requires(Permission.LEARN)
def check() -> Any:
    """What is similar, before the question is sent."""
    form = AskForm()
    return _check_page(form) if form.validate() else (_ask_page(form), 422)


@questions.post("")
@requires(Permission.LEARN)
@takes_files(LARGEST_PICTURE)
def send() -> Any:
    form = AskForm()
    if not form.validate():
        return _check_page(form), 422
    wanted = services.NewQuestion(form.title.data, form.text.data, form.kind.data, form.lesson.data or "",
                                  form.about_item)
    try:
        picture = kept_picture(form.picture.data)
        answer = once(form, lambda: _thread(services.ask(wanted, picture, by=current_user.actor, now=now())))
    except Refused as refused:
        return _check_page(form, form.show_problems(refused.problems)), 409
    flash(_("Your question has been sent. The answer comes as a message."), "ok")
    return answer


@questions.get("/<ref:reference>")
@requires(Permission.LEARN)
def show(reference: str) -> Any:
    return _page(_mine(reference))


@questions.get("/<ref:reference>/pictures/<token:token>")
@requires(Permission.LEARN)
def picture(reference: str, token: str) -> Any:
    return send_stored(queries.picture_of(_mine(reference), token) or abort(404), inline=True)


@questions.post("/<ref:reference>/add")
@requires(Permission.LEARN)
@takes_files(LARGEST_PICTURE)
def add(reference: str) -> Any:
    return _post(reference, services.add_to_question, _("Added to your question."))


@questions.post("/<ref:reference>/reopen")
@requires(Permission.LEARN)
@takes_files(LARGEST_PICTURE)
def reopen(reference: str) -> Any:
    return _post(reference, services.reopen_question, _("Asked again. The answer comes as a message."))


@questions.post("/<ref:reference>/close")
@requires(Permission.LEARN)
def close(reference: str) -> Any:
    form, _question = ActForm(), _mine(reference)
    form.validate()
    seen = form.seen_version

    def act() -> str:
        services.close_question(reference, by=current_user.actor, now=now(), version=seen)
        return _thread(reference)

    try:
        return once(form, act)
    except Refused as refused:
        return _page(_mine(reference), problems=refused.problems), 409


@questions.post("/<ref:reference>/rate")
@requires(Permission.LEARN)
def rate(reference: str) -> Any:
    form, question = RateForm(), _mine(reference)
    if not form.validate():
        return _page(question, rate_form=form), 422

    def act() -> str:
        services.rate_answer(reference, form.given, by=current_user.actor, now=now())
        return _thread(reference)

    try:
        answer = once(form, act)
    except Refused as refused:
        return _page(_mine(reference), rate_form=form, problems=form.show_problems(refused.problems)), 409
    flash(_("Thank you. Your adviser and the trainers see it."), "ok")
    return answer


def kept_picture(upload: Any) -> StoredFile | None:
    """The upload decoded, written anew and put on disk; None where nothing was chosen. Raises Refused."""
    if upload is None or not upload.filename:
        return None
    try:
        made = accept_document(upload.read(LARGEST_PICTURE + 1), limits=ImageLimits(), longest_side=LONGEST_SIDE)
    except UnacceptableImage as refused:
        raise Refused(refused.problem("picture")) from refused
    db.session.rollback()
    return keep_file(made.jpeg, name="picture.jpg", media_type="image/jpeg", purpose="question", now=now(),
                     owner_id=current_user.account_id, sealed=True)


def _post(reference: str, act: Callable[..., None], done: str) -> Any:
    form, question = PostForm(), _mine(reference)
    if not form.validate():
        return _page(question, form=form), 422

    def press() -> str:
        act(reference, form.text.data, kept, by=current_user.actor, now=now())
        return _thread(reference)

    try:
        kept = kept_picture(form.picture.data)
        answer = once(form, press)
    except Refused as refused:
        return _page(_mine(reference), form=form, problems=form.show_problems(refused.problems)), 409
    flash(done, "ok")
    return answer


def _page(
    question: LearnerQuestion, *, form: PostForm | None = None, rate_form: RateForm | None = None, problems: Any = ()
) -> Any:
    waits = question.state in WAITING
    since = question.waiting_since
    target = working_calendar(db.session()).deadline(since, TARGET_WORKING_DAYS) if since else None
    close_form = ActForm(formdata=None)
    close_form.version.data = str(question.version)
    return render_template(
        "supervision/question.html", question=question, label=LEARNER_QUESTION.label(question.state), waits=waits,
        add_form=form or PostForm(formdata=None), form=form or rate_form, problems=problems, target=target,
        rate_form=rate_form or RateForm(formdata=None, rating=str(question.rating or "")), close_form=close_form,
        rating=RATINGS.get(question.rating or 0), kind=KIND_TAGS[QuestionKind(question.kind)],
        concluded=_why_concluded(question), largest=LARGEST_PICTURE,
    )


def _why_concluded(question: LearnerQuestion) -> str:
    if question.state != "closed":
        return ""
    last = queries.moves_of_question(db.session(), question.id)[-1]
    return last.reason if last.move == "conclude" else ""


def _ask_page(form: AskForm) -> str:
    return render_template("supervision/ask.html", form=form, about=_about(form))


def _check_page(form: AskForm, problems: Any = ()) -> str:
    typed = f"{form.title.data or ''} {form.text.data or ''}"
    return render_template("supervision/ask_check.html", form=form, about=_about(form), problems=problems,
                           answers=queries.similar_answers(db.session(), typed), largest=LARGEST_PICTURE)


def _about(form: AskForm) -> str:
    """What the question is about, in words: a lesson, or a question of a paper of one's own."""
    session = db.session()
    if form.about_item:
        seen = queries.seen_bank_question(session, current_user.account_id, form.about_item)
        return seen.stem if seen else ""
    lesson: Lesson | None = lesson_by_code(session, form.lesson.data) if form.lesson.data else None
    return lesson.title if lesson else ""


def _mine(reference: str) -> LearnerQuestion:
    return queries.my_question(db.session(), current_user.account_id, reference) or abort(404)


def _thread(reference: str) -> str:
    return url_for("qa.show", reference=reference)
