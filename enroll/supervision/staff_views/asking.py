"""The queue of learners' questions, and one question at a time: answered, closed, handed on, made public."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.clock import local_day
from enroll.foundation.masking import mask_name
from enroll.foundation.problems import Refused
from enroll.foundation.words import N_
from enroll.programmes.queries.windows import working_calendar
from enroll.programmes.rules.working_days import WorkingCalendar, days_left
from enroll.storage.database import db
from enroll.supervision.forms import AnswerForm, ConcludeForm, HandOnForm, PublishForm
from enroll.supervision.lifecycle import LEARNER_QUESTION, QuestionState
from enroll.supervision.models import LearnerQuestion, PublicAnswer
from enroll.supervision.queries import asking as queries
from enroll.supervision.rules.asking import KIND_TAGS, RATINGS, TARGET_WORKING_DAYS, QuestionKind
from enroll.supervision.services import asking as services
from enroll.supervision.views.asking import LARGEST_PICTURE, kept_picture
from enroll.web.access import requires
from enroll.web.addresses import asked, asked_number, outside_url
from enroll.web.components import Tab
from enroll.web.downloads import send_stored
from enroll.web.forms import ActForm
from enroll.web.language import show_day, show_moment, translate
from enroll.web.moments import now
from enroll.web.once import once
from enroll.web.uploads import takes_files

staff = Blueprint("qa_staff", __name__, url_prefix="/staff/questions")
TABS = {"waiting": N_("To be answered"), "answered": N_("Answered"), "closed": N_("Question closed")}


@dataclass(frozen=True)
class QueueRow:
    """A question in the list. `by` is when it should be answered at the latest, `left` the days until then; `took` is
    the time to the first answer."""

    question: LearnerQuestion
    state: str
    kind: str
    by: datetime | None
    left: int | None
    took: str


@staff.get("")
@requires(Permission.ANSWER_QUESTIONS)
def queue() -> Any:
    state = asked("state") if asked("state") in TABS else "waiting"
    kind = asked("kind") if asked("kind") in set(QuestionKind) else ""
    session, whose = db.session(), "all" if asked("whose") == "all" else "mine"
    owner = current_user.account_id if whose == "mine" else None
    figures = queries.queue_figures(session, current_user.account_id, now())
    after = asked_number("after")
    page = (queries.queue_of_questions(session, owner_id=owner, kind=kind, after=after) if state == "waiting"
            else queries.questions_in(session, state, owner_id=owner, kind=kind, after=after))
    calendar = working_calendar(session)
    rows = [_row(one, calendar) for one in page.rows]
    return render_template(
        "supervision/staff/questions.html", page=page, rows=rows, state=state, whose=whose, kind=kind, figures=figures,
        took=_duration(figures.to_first_answer), notice=_notice(rows) if state == "waiting" else "",
        tabs_of=_tabs(state, whose, figures), people=_people(whose, state, figures),
        kinds=[(str(value), translate(text)) for value, text in KIND_TAGS.items()],
    )


@staff.get("/<ref:reference>")
@requires(Permission.ANSWER_QUESTIONS)
def show(reference: str) -> Any:
    return _page(_question(reference))


@staff.get("/<ref:reference>/pictures/<token:token>")
@requires(Permission.ANSWER_QUESTIONS)
def picture(reference: str, token: str) -> Any:
    return send_stored(queries.picture_of(_question(reference), token) or abort(404), inline=True)


@staff.post("/<ref:reference>/answer")
@requires(Permission.ANSWER_QUESTIONS)
@takes_files(LARGEST_PICTURE)
def answer(reference: str) -> Any:
    form, question = AnswerForm(), _question(reference)
    if not form.validate():
        return _page(question, answer_form=form), 422
    seen, go_on = form.seen_version, form.go_on.data

    def act() -> str:
        services.answer_question(reference, form.text.data, kept, by=current_user.actor, now=now(), version=seen)
        return _next(reference) if go_on else url_for("qa_staff.show", reference=reference)

    try:
        kept = kept_picture(form.picture.data)
        done = once(form, act)
    except Refused as refused:
        again = _question(reference)
        return _page(again, answer_form=form, problems=form.show_problems(refused.problems)), 409
    flash(_("Answered. The learner is told."), "ok")
    return done


@staff.post("/<ref:reference>/conclude")
@requires(Permission.ANSWER_QUESTIONS)
def conclude(reference: str) -> Any:
    form = ConcludeForm()
    return _act(reference, form, "conclude_form", lambda: services.conclude_question(
        reference, form.reason.data, by=current_user.actor, now=now(), version=form.seen_version),
        _("Closed. The learner reads your reason."))


@staff.post("/<ref:reference>/hand_on")
@requires(Permission.ANSWER_QUESTIONS)
def hand_on(reference: str) -> Any:
    form = HandOnForm()
    form.offer((one.username or "", one.name) for one in queries.who_may_answer(db.session(), now()))
    return _act(reference, form, "hand_on_form", lambda: services.hand_on_question(
        reference, form.to.data or "", by=current_user.actor, now=now(), version=form.seen_version), _("Handed on."))


@staff.post("/<ref:reference>/publish")
@requires(Permission.TEACH)
def publish(reference: str) -> Any:
    form = PublishForm()
    return _act(reference, form, "publish_form", lambda: services.publish_answer(
        reference, services.PublicWords(form.title.data, form.question.data, form.answer.data),
        by=current_user.actor, now=now()), _("Everybody who studies can read it now."))


@staff.post("/<ref:reference>/withdraw")
@requires(Permission.TEACH)
def withdraw(reference: str) -> Any:
    return _act(reference, ActForm(), "", lambda: services.withdraw_answer(
        reference, by=current_user.actor, now=now()), _("Nobody reads it any more."))


def _act(reference: str, form: ActForm, name: str, act: Callable[[], None], done: str) -> Any:
    question = _question(reference)
    if not form.validate():
        return _page(question, **{name: form} if name else {}), 422

    def press() -> str:
        act()
        return url_for("qa_staff.show", reference=reference)

    try:
        answered = once(form, press)
    except Refused as refused:
        problems = form.show_problems(refused.problems)
        return _page(_question(reference), problems=problems, **{name: form} if name else {}), 409
    flash(done, "ok")
    return answered


def _page(question: LearnerQuestion, *, problems: Any = (), **sent: Any) -> Any:
    session = db.session()
    people = queries.who_may_answer(session, now())
    public = queries.public_answer_of(session, question.id)
    forms = {"answer_form": AnswerForm, "conclude_form": ConcludeForm, "publish_form": PublishForm,
             "hand_on_form": HandOnForm}
    made = {name: sent.get(name) or kind(formdata=None) for name, kind in forms.items()}
    made["hand_on_form"].offer((one.username or "", one.name) for one in people)
    if "hand_on_form" not in sent:
        made["hand_on_form"].to.data = question.owner.username if question.owner else ""
    if "publish_form" not in sent:
        _propose(made["publish_form"], question, public)
    for form in made.values():
        form.version.data = str(question.version)
    offers = {one.move.name: one for one in LEARNER_QUESTION.offers(question.state, current_user.actor,
                                                            queries.facts_of(question))}
    return render_template(
        "supervision/staff/question.html", question=question, row=_row(question, working_calendar(session)),
        label=LEARNER_QUESTION.label(question.state), offers=offers, public=public, problems=problems, form=_sent(sent),
        teaches=current_user.actor.may(Permission.TEACH), act_form=ActForm(formdata=None),
        rating=RATINGS.get(question.rating or 0), largest=LARGEST_PICTURE,
        moves=queries.moves_of_question(session, question.id), lifecycle=LEARNER_QUESTION, **made,
    )


def _sent(sent: dict[str, Any]) -> Any:
    return next(iter(sent.values()), None)


def _propose(form: PublishForm, question: LearnerQuestion, public: PublicAnswer | None) -> None:
    """What stands in the form for everybody's words: those of now, else the question's own."""
    asked_first = next((post.text for post in question.posts if not post.by_staff), "")
    answered = [post.text for post in question.posts if post.by_staff]
    form.title.data = public.title if public else question.title
    form.question.data = public.question if public else asked_first
    form.answer.data = public.answer if public else (answered[-1] if answered else "")


def _next(reference: str) -> str:
    found = queries.next_waiting(db.session(), but=reference, owner_id=current_user.account_id)
    return url_for("qa_staff.show", reference=found.reference) if found else url_for("qa_staff.queue")


def _question(reference: str) -> LearnerQuestion:
    return queries.question_by_reference(db.session(), reference) or abort(404)


def _row(question: LearnerQuestion, calendar: WorkingCalendar) -> QueueRow:
    since, first = question.waiting_since, question.answered_at
    by = calendar.deadline(since, TARGET_WORKING_DAYS) if since else None
    return QueueRow(question, QuestionState(question.state), KIND_TAGS[QuestionKind(question.kind)], by,
                    days_left(by, now()) if by else None, _duration(first - question.asked_at if first else None))


def _duration(took: timedelta | None) -> str:
    """A time in the unit that says most: minutes, hours or days."""
    if took is None:
        return ""
    minutes = int(took.total_seconds()) // 60
    if minutes < 60:
        return str(ngettext("%(num)s minute", "%(num)s minutes", minutes))
    hours = minutes // 60
    return str(ngettext("%(num)s hour", "%(num)s hours", hours) if hours < 48
               else ngettext("%(num)s day", "%(num)s days", hours // 24))


def _tabs(state: str, whose: str, figures: queries.QueueFigures) -> list[Tab]:
    number = figures.mine if whose == "mine" else figures.waiting
    return [Tab(label, url_for("qa_staff.queue", state=code, whose=whose), number if code == "waiting" else None,
                code == state) for code, label in TABS.items()]


def _people(whose: str, state: str, figures: queries.QueueFigures) -> list[Tab]:
    return [Tab(_("Mine"), url_for("qa_staff.queue", state=state, whose="mine"), figures.mine, whose == "mine"),
            Tab(_("Everybody's"), url_for("qa_staff.queue", state=state, whose="all"), figures.waiting,
                whose == "all")]


def _notice(rows: list[QueueRow]) -> str:
    """For the trainers' group: masked names, what waits, by when, and the link."""
    lines = [f"{row.question.reference} {mask_name(row.question.learner.called)} "
             f"{_('by %(moment)s', moment=show_moment(row.by))}" for row in rows[:10]]
    if not lines:
        return ""
    head = _("Questions to be answered, %(day)s:", day=show_day(local_day(now())))
    return "\n".join([head, *lines, outside_url("qa_staff.queue")])
