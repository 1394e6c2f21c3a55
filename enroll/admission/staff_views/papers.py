"""What is printed for the rooms of a sitting: seat charts, door notices, sign-in sheets."""

from typing import Any

from flask import abort, current_app, render_template, request, url_for
from flask_babel import gettext as _

from enroll.accounts.permissions import Permission
from enroll.admission.queries.days import rooms_in_use
from enroll.admission.queries.room_papers import papers_pdf
from enroll.admission.staff_views.days import found_sitting, pages
from enroll.documents.refusals import DoesNotFit
from enroll.documents.room_papers import ROOM_PAPER_NAMES, RoomPaper
from enroll.sittings.lifecycle import PART_NAMES, Part
from enroll.storage.database import db
from enroll.web.access import requires
from enroll.web.addresses import asked
from enroll.web.downloads import send_bytes
from enroll.web.moments import now

HINTS = {
    RoomPaper.CHART: lambda: _("Who sits where, for the invigilators; with accommodations."),
    RoomPaper.NOTICE: lambda: _("Hangs at the door; names are masked."),
    RoomPaper.SIGN_IN: lambda: _("Everybody signs; with the end of the document number."),
}


@pages.get("/<code:code>/papers")
@requires(Permission.RUN_EXAMS)
def papers(code: str) -> Any:
    return _page(code)


@pages.get("/<code:code>/papers/print")
@requires(Permission.RUN_EXAMS)
def print_papers(code: str) -> Any:
    """?kind=chart&kind=notice&room=301: these papers, of one room or of all, as one PDF to be printed."""
    sitting, session = found_sitting(code), db.session()
    kinds = [one for one in RoomPaper if one in request.args.getlist("kind")] or list(RoomPaper)
    used, room = [one.code for one, _people in rooms_in_use(session, sitting.id)], asked("room")
    if not used or (room and room not in used):
        abort(404)
    try:
        pdf = papers_pdf(session, sitting.id, kinds, now=now(), room=room, demo=bool(current_app.config["DEMO"]))
    except DoesNotFit as wrong:
        return _page(code, (wrong.problem(),)), 422
    name = "-".join([code, *([room] if room else []), *(str(one) for one in kinds)])
    return send_bytes(pdf, media_type="application/pdf", name=f"{name}.pdf", inline=True)


def _page(code: str, problems: Any = ()) -> Any:
    sitting = found_sitting(code)
    if sitting.online:
        abort(404)
    rooms = [{"code": room.code, "people": people, "seats": room.seats,
              "links": [(name, url_for("admission_staff.print_papers", code=code, kind=str(kind), room=room.code))
                        for kind, name in ROOM_PAPER_NAMES.items()]}
             for room, people in rooms_in_use(db.session(), sitting.id)]
    kinds = [(name, HINTS[kind](), url_for("admission_staff.print_papers", code=code, kind=str(kind)))
             for kind, name in ROOM_PAPER_NAMES.items()]
    part = PART_NAMES[Part(sitting.part)]
    return render_template("admission/staff/papers.html", sitting=sitting, part=part, rooms=rooms, kinds=kinds,
                           problems=problems, everything=url_for("admission_staff.print_papers", code=code))
