"""What lies beside a lesson's text: its video, its attachments; and words corrected in an edition that is published."""

from collections.abc import Sequence
from datetime import datetime

from enroll.audit.services import record as note_act
from enroll.courses.models.editions import LessonAttachment, WordingCorrection
from enroll.courses.queries.editions import edition_at, lesson_of_edition
from enroll.courses.rules.authoring import ATTACHED, ATTACHED_MB, MOST_ATTACHMENTS
from enroll.courses.rules.practice import VIDEO_MB, Deliverable, file_faults
from enroll.courses.services.authoring import draft
from enroll.courses.services.editions import require_author
from enroll.foundation.actor import Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import REASON_MISSING, NotFound, Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.programmes.queries.wording import wordings
from enroll.programmes.rules.advertising import Wording, promises_nothing, words_in
from enroll.storage.database import transaction
from enroll.storage.files import StoredFile


def attachment_faults(name: str, size: int, head: bytes) -> tuple[Problem, ...]:
    return file_faults(name, size, head, Deliverable(name, ATTACHED, ATTACHED_MB))


def video_faults(name: str, size: int, head: bytes) -> tuple[Problem, ...]:
    return file_faults(name, size, head, Deliverable(name, ("mp4",), VIDEO_MB))


def attach_file(course: str, number: int, code: str, title: str, stored: StoredFile, *, by: Actor, now: datetime
                ) -> None:
    """Lay a file, kept before, beside a lesson of a draft. Raises Refused when there are enough."""
    with draft(course, number, "attach_file", by=by, now=now) as (session, edition):
        lesson = lesson_of_edition(session, edition.id, code)
        if lesson is None:
            raise NotFound(code)
        if len(lesson.attachments) >= MOST_ATTACHMENTS:
            raise Refused(problem("too_many", N_("At most %(most)d files."), field="file", most=MOST_ATTACHMENTS))
        session.add(stored)
        session.flush()
        session.add(LessonAttachment(lesson_id=lesson.id, file_id=stored.id, title=title or stored.name[:120]))


def detach_file(course: str, number: int, code: str, token: str, *, by: Actor, now: datetime) -> None:
    """Take an attachment off a lesson of a draft; earlier editions keep theirs."""
    with draft(course, number, "detach_file", by=by, now=now) as (session, edition):
        lesson = lesson_of_edition(session, edition.id, code)
        found = next((one for one in lesson.attachments if one.file.token == token), None) if lesson else None
        if found is None:
            raise NotFound(token)
        session.delete(found)


def set_video(
    course: str, number: int, code: str, stored: StoredFile, seconds: int, *, by: Actor, now: datetime
) -> None:
    """Give a lesson of a draft its film, kept before. Raises Refused for one that is longer than the lesson."""
    with draft(course, number, "set_video", by=by, now=now) as (session, edition):
        lesson = lesson_of_edition(session, edition.id, code)
        if lesson is None:
            raise NotFound(code)
        if not 1 <= seconds <= lesson.minutes * 60:
            raise Refused(problem("video_seconds", N_("Enter how long the video is: from 1 second to the lesson's "
                                                      "minutes."), field="seconds"))
        session.add(stored)
        session.flush()
        lesson.content, lesson.video_id, lesson.video_url, lesson.video_seconds = "video", stored.id, "", seconds


def remove_video(course: str, number: int, code: str, *, by: Actor, now: datetime) -> None:
    with draft(course, number, "remove_video", by=by, now=now) as (session, edition):
        lesson = lesson_of_edition(session, edition.id, code)
        if lesson is None:
            raise NotFound(code)
        lesson.video_id, lesson.video_url, lesson.video_seconds = None, "", 0


def _nothing_new(known: Sequence[Wording], before: str, after: str, field: str) -> None:
    """A correction brings no forbidden word in: that takes a draft, and a second person who publishes it."""
    titles = field == "title"
    stood = {one.word for one in words_in(known, before, titles=titles)}
    new = promises_nothing(known, after, field=field, titles=titles)
    if new is not None and {one.word for one in words_in(known, after, titles=titles)} - stood:
        raise Refused(new)


def correct_words(
    course: str, number: int, code: str, title: str, text: str, reason: str, *, by: Actor, now: datetime
) -> int:
    """Correct the words of a lesson within its edition: minutes, kind, order and tasks stay. Each change is kept with
    what stood there before; gives how many. Raises Refused without a reason, and for an empty text."""
    require_author(by)
    if not reason.strip():
        raise Refused(REASON_MISSING)
    with transaction() as session:
        edition = edition_at(session, course, number)
        lesson = lesson_of_edition(session, edition.id, code) if edition else None
        if edition is None or lesson is None:
            raise NotFound(code)
        if lesson.text.strip() and not text.strip():
            raise Refused(problem("text_empty", N_("A lesson that learners study keeps a text."), field="text"))
        known = wordings(session, local_day(now))
        _nothing_new(known, lesson.title, title, "title")
        _nothing_new(known, lesson.text, text, "text")
        changed = [(name, getattr(lesson, name), value) for name, value in (("title", title), ("text", text))
                   if getattr(lesson, name) != value]
        for name, before, after in changed:
            session.add(WordingCorrection(lesson_id=lesson.id, field=name, before=before, after=after, reason=reason,
                                          made_at=now, made_by_id=by.account_id, made_by_name=by.name))
            setattr(lesson, name, after)
        if changed:
            note_act(session, "courses.correct_words", f"{edition.reference} {code}", by=by, now=now, reason=reason,
                     fields=[name for name, *_ in changed])
        return len(changed)
