"""Files of a practical task in pieces, after the manner of tus: begin, ask how far, go on. Without a script the plain
form does the same in one go."""

from typing import Any

from flask import abort, jsonify, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from enroll.accounts.permissions import Permission
from enroll.courses.forms import PieceForm
from enroll.courses.queries.lessons import LessonKey, my_lesson
from enroll.courses.rules.practice import MEDIA_TYPES, extension
from enroll.courses.services.practice import add_file, require_fitting_file
from enroll.courses.views.practice import HEAD, practice
from enroll.foundation.problems import Refused
from enroll.foundation.text import clean_file_name
from enroll.storage.database import db
from enroll.storage.uploads import (
    HalfUpload,
    WrongOffset,
    add_piece,
    begin_half,
    first_bytes,
    forget_half,
    half_by_token,
    keep_whole,
)
from enroll.web.access import requires
from enroll.web.language import translate
from enroll.web.moments import now
from enroll.web.uploads import takes_files

PIECE = 512 * 1024


@practice.post("/uploads")
@requires(Permission.LEARN)
def begin_upload(course: str, lesson: str) -> Any:
    """{address, offset, piece}: the same file again goes on where it stopped, also after a reload."""
    form, key = PieceForm(), LessonKey(course, lesson)
    my_lesson(db.session(), current_user.account_id, key) or abort(404)
    if not form.validate():
        return jsonify(words=" ".join(str(error) for errors in form.errors.values() for error in errors)), 422
    name, size, wanted = clean_file_name(form.name.data or ""), form.size.data or 0, form.deliverable.data or ""
    try:
        require_fitting_file(key, wanted, name, size, form.first_bytes(), by=current_user.actor)
        token, offset = begin_half(current_user.account_id, f"{course}/{lesson}/{wanted}", name, size, now=now())
    except Refused as refused:
        return _said(refused)
    address = url_for("practice_work.upload_state", course=course, lesson=lesson, token=token)
    return jsonify(address=address, offset=offset, piece=PIECE)


@practice.get("/uploads/<token:token>")
@requires(Permission.LEARN)
def upload_state(course: str, lesson: str, token: str) -> Any:
    """How far the file is, in the header Upload-Offset; HEAD does."""
    return _at(_half(course, lesson, token).received, 200)


@practice.patch("/uploads/<token:token>")
@requires(Permission.LEARN)
@takes_files(PIECE)
def add_to_upload(course: str, lesson: str, token: str) -> Any:
    """The next piece, from Upload-Offset on: 204 and the new offset, 409 and the right one, or 200 once it is whole."""
    half, given = _half(course, lesson, token), request.headers.get("Upload-Offset", "")
    if not (given.isascii() and given.isdigit() and len(given) < 12):
        abort(400)
    try:
        half = add_piece(half.token, current_user.account_id, int(given), request.get_data(), now=now())
        if half.received < half.size:
            return _at(half.received, 204)
        return _whole(LessonKey(course, lesson), half)
    except WrongOffset as wrong:
        return _at(wrong.offset, 409)
    except Refused as refused:
        forget_half(token)
        return _said(refused)


def _whole(key: LessonKey, half: HalfUpload) -> Any:
    """The file joins the work; its name, size, digest and time stand on the receipt."""
    wanted, actor = half.about.split("/", 2)[2], current_user.actor
    head = first_bytes(half, HEAD)
    require_fitting_file(key, wanted, half.name, half.size, head, by=actor)
    stored = keep_whole(half, media_type=MEDIA_TYPES[extension(half.name)], purpose="practice", now=now())
    add_file(key, wanted, stored, head, by=actor, now=now())
    forget_half(half.token)
    return jsonify(address=url_for("courses.lesson", course=key.course, lesson=key.lesson) + "#files")


def _half(course: str, lesson: str, token: str) -> HalfUpload:
    found = half_by_token(db.session(), token, current_user.account_id)
    if found is None or not found.about.startswith(f"{course}/{lesson}/"):
        abort(404)
    return found


def _at(offset: int, status: int) -> Response:
    return Response(status=status, headers={"Upload-Offset": str(offset), "Cache-Control": "no-store"})


def _said(refused: Refused) -> Any:
    return jsonify(words=" ".join(translate(one) for one in refused.problems)), 422
