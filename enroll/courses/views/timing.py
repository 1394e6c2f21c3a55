"""What the player talks to: open a session, hear heartbeats. Answers are JSON, worded in the reader's language."""

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.courses.forms import BeatForm
from enroll.courses.queries.lessons import LessonKey
from enroll.courses.services.study import Heard, Opened, hear, start_session
from enroll.foundation.problems import Refused
from enroll.storage import outbox
from enroll.storage.database import again_if_crowded
from enroll.web.access import requires
from enroll.web.language import translate
from enroll.web.moments import now
from enroll.web.throttle import limiter

timing = Blueprint("timing", __name__, url_prefix="/study")


def _per_person() -> str:
    return f"study:{current_user.account_id}"


@timing.post("/<code:course>/<code:lesson>/sessions")
@requires(Permission.LEARN)
@limiter.limit("60 per minute", key_func=_per_person)
def begin(course: str, lesson: str) -> Any:
    key, person, browser = LessonKey(course, lesson), current_user, str(request.user_agent)
    device = str(person.session_id)
    try:
        opened = again_if_crowded(
            lambda: start_session(key, by=person.actor, now=now(), browser=browser, device=device)
        )
    except Refused as refused:
        return {"state": "refused", "words": translate(refused.problems[0])}, 409
    outbox.deliver(now(), slow=False)  # a session that was taken over may have completed the hours
    return _as_json(opened)


@timing.post("/sessions/<token:token>")
@requires(Permission.LEARN)
@limiter.limit("240 per minute", key_func=_per_person)
def beat(token: str) -> Any:
    form = BeatForm()
    if not form.validate():
        return {"state": "refused", "words": _("This is no heartbeat of the player.")}, 422
    sent, leaving, person = form.beat(), form.leaving.data, current_user
    heard = again_if_crowded(lambda: hear(token, sent, by=person.actor, now=now(), leaving=leaving))
    if heard.state == "ended":
        outbox.deliver(now(), slow=False)
    return {"state": heard.state, "credited": heard.credited, "why": heard.why, "words": _words(heard),
            "check_left": heard.check_left, "back_to": heard.back_to}


def _as_json(opened: Opened) -> dict[str, Any]:
    policy = opened.policy
    return {
        "state": "counting", "beats": url_for("timing.beat", token=opened.token), "before": opened.before,
        "room": opened.room, "left_today": opened.left_today, "position": opened.position,
        "furthest": opened.furthest, "heartbeat": policy.heartbeat_seconds, "video": policy.video_seconds,
        "seek_ahead": policy.seek_ahead, "offline": policy.catches_up,
    }


def _words(heard: Heard) -> str:
    said = {
        "completed": _("This lesson is complete and has been credited."),
        "newer_session": _("Another page or device has begun to study, so this page no longer counts."),
        "silent": _("Nothing was heard from this page for ten minutes, so it stopped counting."),
        "left": _("Counting has ended on this page."),
        "presence_missed": _("The question was not answered in time, so counting has stopped. Earlier time is kept."),
    }
    return str(said.get(heard.why, ""))
