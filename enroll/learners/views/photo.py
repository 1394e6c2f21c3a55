"""The photo: uploaded, cut on a page that works with buttons alone, looked over, kept."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.documents.images import Frame, ImageLimits, accept_document, reopen
from enroll.documents.photos import PhotoRule, check_photo, make_photo
from enroll.documents.refusals import UnacceptableImage
from enroll.foundation.problems import Problem, Refused
from enroll.learners.forms import CropForm, PhotoForm
from enroll.learners.lifecycle import CheckKind
from enroll.learners.models import Learner
from enroll.learners.queries.checks import checks_of, files_in_force
from enroll.learners.rules.checks import still_open
from enroll.learners.services.files import PHOTO, PHOTO_SOURCE, keep_photo
from enroll.learners.views.pages import LARGEST_PICTURE, learners, me, photo_rule
from enroll.storage.database import db
from enroll.storage.files import StoredFile, keep_file, read_file
from enroll.web.access import requires
from enroll.web.addresses import asked_number
from enroll.web.downloads import send_bytes, send_stored
from enroll.web.moments import now
from enroll.web.once import once
from enroll.web.uploads import takes_files

LONGEST_SIDE = 2400  # of the kept source: enough to zoom in, small enough to cut at every press
STEP, ZOOM_STEP, MOST_ZOOM = 40, 25, 400


@dataclass(frozen=True)
class Cut:
    """Where the frame stands: its middle in thousandths of width and height, the zoom in hundredths."""

    x: int = 500
    y: int = 500
    zoom: int = 100

    @property
    def frame(self) -> Frame:
        return Frame(self.x / 1000, self.y / 1000, self.zoom / 100)

    def moved(self, most_zoom: int, x: int = 0, y: int = 0, zoom: int = 0) -> "Cut":
        """Moving is finer the more is zoomed in."""
        return Cut(_within(self.x + x * 100 // self.zoom, 0, 1000), _within(self.y + y * 100 // self.zoom, 0, 1000),
                   _within(self.zoom + zoom, 100, most_zoom))


@learners.get("/identity/photo")
@requires(Permission.LEARN)
def photo() -> Any:
    return _page(me(), PhotoForm())


@learners.post("/identity/photo")
@requires(Permission.LEARN)
@takes_files(LARGEST_PICTURE)
def keep_source() -> Any:
    learner, form = me(), PhotoForm()
    if not form.validate():
        return _page(learner, form), 422
    try:
        source = _source(learner, form)
        return once(form, lambda: _keep(learner, source, None, "learners.crop"))
    except Refused as refused:
        return _page(me(), form, form.show_problems(refused.problems)), 422


@learners.get("/identity/photo/crop")
@requires(Permission.LEARN)
def crop() -> Any:
    return _crop_page(me(), _asked_cut(), CropForm())


@learners.get("/identity/photo/preview")
@requires(Permission.LEARN)
def preview() -> Any:
    """The cut as it would be kept, for the page's picture."""
    source, rule = _source_of(me()), photo_rule()
    db.session.rollback()
    cut = _possible(_asked_cut(), source, rule)
    made = make_photo(source, cut.frame, rule)
    return send_bytes(made.jpeg, media_type="image/jpeg", name="preview.jpg", inline=True)


@learners.post("/identity/photo/crop")
@requires(Permission.LEARN)
def keep_cut() -> Any:
    learner, form = me(), CropForm()
    cut = Cut(_number(form.x.data, 0, 1000, 500), _number(form.y.data, 0, 1000, 500),
              _number(form.zoom.data, 100, MOST_ZOOM, 100))
    if not form.validate():
        return _crop_page(learner, cut, form), 422
    try:
        made = _made(learner, cut)
        return once(form, lambda: _keep(learner, None, made, "learners.photo"))
    except Refused as refused:
        return _crop_page(me(), cut, form, refused.problems), 422


@learners.get("/identity/photo/<kind>.jpg")
@requires(Permission.LEARN)
def photo_file(kind: str) -> Any:
    kept = files_in_force(db.session(), me().id).get(kind)
    if kept is None or kind not in (PHOTO, PHOTO_SOURCE):
        abort(404)
    return send_stored(kept.file, inline=True)


def _source(learner: Learner, form: PhotoForm) -> StoredFile:
    """The upload decoded, written anew and put on disk. Raises Refused."""
    closed, rule = still_open(checks_of(db.session(), learner.id)[CheckKind.PHOTO].state), photo_rule()
    db.session.rollback()
    if closed:
        raise Refused(closed)
    limits = ImageLimits(least_width=rule.width, least_height=rule.height)
    upload = form.photo.data
    try:
        picture = accept_document(upload.read(LARGEST_PICTURE + 1), limits=limits, longest_side=LONGEST_SIDE)
        make_photo(picture.jpeg, Frame(), rule)
    except UnacceptableImage as refused:
        raise Refused(refused.problem("photo")) from refused
    return _on_disk(picture.jpeg, PHOTO_SOURCE)


def _made(learner: Learner, cut: Cut) -> StoredFile:
    closed = still_open(checks_of(db.session(), learner.id)[CheckKind.PHOTO].state)
    rule, source = photo_rule(), _source_of(learner)
    db.session.rollback()
    if closed:
        raise Refused(closed)
    return _on_disk(make_photo(source, _possible(cut, source, rule).frame, rule).jpeg, PHOTO)


def _on_disk(jpeg: bytes, purpose: str) -> StoredFile:
    return keep_file(jpeg, name=f"{purpose}.jpg", media_type="image/jpeg", purpose=purpose, now=now(),
                     owner_id=current_user.account_id, sealed=True)


def _keep(learner: Learner, source: StoredFile | None, made: StoredFile | None, endpoint: str) -> str:
    keep_photo(learner.id, source, made, by=current_user.actor, now=now())
    if made is not None:
        flash(_("The photo is kept. It counts once it is handed in and accepted."), "ok")
    return url_for(endpoint)


def _source_of(learner: Learner) -> bytes:
    kept = files_in_force(db.session(), learner.id).get(PHOTO_SOURCE)
    if kept is None:
        abort(404)
    return read_file(kept.file)


def _most_zoom(source: bytes, rule: PhotoRule) -> int:
    """Beyond this the part would hold fewer pixels than the photo needs, and be blurred."""
    width, height = reopen(source).size
    return _within(int(min(width / rule.width, height / rule.height) * 100), 100, MOST_ZOOM)


def _possible(cut: Cut, source: bytes, rule: PhotoRule) -> Cut:
    return cut.moved(_most_zoom(source, rule))


def _asked_cut() -> Cut:
    return Cut(_asked("x", 0, 1000, 500), _asked("y", 0, 1000, 500), _asked("zoom", 100, MOST_ZOOM, 100))


def _asked(name: str, low: int, high: int, otherwise: int) -> int:
    found = asked_number(name)
    return otherwise if found is None else _within(found, low, high)


def _number(text: str | None, low: int, high: int, otherwise: int) -> int:
    plain = text or ""
    return _within(int(plain), low, high) if plain.isascii() and plain.isdigit() and len(plain) < 6 else otherwise


def _within(number: int, low: int, high: int) -> int:
    return min(max(number, low), high)


def _page(learner: Learner, form: PhotoForm, problems: tuple[Problem, ...] = ()) -> str:
    check = checks_of(db.session(), learner.id)[CheckKind.PHOTO]
    files, rule = files_in_force(db.session(), learner.id), photo_rule()
    kept = files.get(PHOTO)
    return render_template(
        "learners/photo.html", form=form, problems=problems, closed=still_open(check.state), rule=rule,
        largest=LARGEST_PICTURE, kept=kept, source=files.get(PHOTO_SOURCE),
        findings=check_photo(read_file(kept.file), rule) if kept else (),
    )


def _crop_page(learner: Learner, cut: Cut, form: CropForm, problems: tuple[Problem, ...] = ()) -> Any:
    kept = files_in_force(db.session(), learner.id).get(PHOTO_SOURCE)
    if kept is None:
        return redirect(url_for("learners.photo"), 303)
    source, rule = read_file(kept.file), photo_rule()
    db.session.rollback()
    most = _most_zoom(source, rule)
    cut = cut.moved(most)
    form.x.data, form.y.data, form.zoom.data = str(cut.x), str(cut.y), str(cut.zoom)
    moves = {
        "left": cut.moved(most, x=-STEP), "right": cut.moved(most, x=STEP), "up": cut.moved(most, y=-STEP),
        "down": cut.moved(most, y=STEP), "in": cut.moved(most, zoom=ZOOM_STEP), "out": cut.moved(most, zoom=-ZOOM_STEP),
        "whole": Cut(),
    }
    return render_template(
        "learners/crop.html", form=form, problems=problems, cut=cut, rule=rule, most=most,
        findings=check_photo(make_photo(source, cut.frame, rule).jpeg, rule),
        moves={name: url_for("learners.crop", x=one.x, y=one.y, zoom=one.zoom) for name, one in moves.items()},
        preview=url_for("learners.preview", x=cut.x, y=cut.y, zoom=cut.zoom),
    )
