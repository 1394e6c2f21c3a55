"""A large file in pieces: what arrived survives a lost line and a reload, joins the work once, and is cleared."""

import hashlib
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from enroll.courses.jobs import every_minute
from enroll.courses.models.works import PracticeFile
from enroll.storage.files import StoredFile, read_file
from enroll.storage.uploads import HalfUpload
from tests.builders.courses import REPORT, the_courses
from tests.builders.study import a_student, account_of
from tests.conftest import NOON
from tests.pages import soup, text_of

PRACTICE = "/study/G1/G1-M2-P1"
CONTENT = b"%PDF-1.7 " + bytes(range(256)) * 5_000


def begun(me, content=CONTENT, name="简报.pdf", **changes):
    token = soup(me.get("/study")).select_one("input[name=csrf_token]")["value"]
    sent = {"csrf_token": token, "name": name, "size": len(content), "head": content[:512].hex(), "deliverable": REPORT}
    return token, me.post(f"{PRACTICE}/uploads", data=sent | changes)


def send(me, token, address, offset, piece):
    return me.patch(address, data=piece, headers={
        "X-CSRFToken": token, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"})


def test_a_file_goes_on_where_it_stopped_and_joins_the_work_once(app, session, clock, sign_in):
    student = a_student()
    the_courses()
    me = sign_in(account_of(student))
    token, answer = begun(me)
    told = answer.json
    assert told["offset"] == 0
    size, half = told["piece"], told["address"]
    assert send(me, token, half, 0, CONTENT[:size]).headers["Upload-Offset"] == str(size)
    lost = send(me, token, half, 0, CONTENT[:size])  # the answer was lost, the piece comes again
    assert (lost.status_code, lost.headers["Upload-Offset"]) == (409, str(size))
    assert send(me, "", half, size, b"x").status_code == 419  # no token
    assert send(me, token, half, size, b"x" * (size * 2)).status_code in (409, 413)
    assert me.head(half).headers["Upload-Offset"] == str(size)
    assert "40" in text_of(me.get(PRACTICE))  # per cent, said on the page after a reload
    token, again = begun(me)  # and the same file chosen again goes on
    assert (again.json["address"], again.json["offset"]) == (half, size)
    offset = size
    while offset < len(CONTENT):
        answer = send(me, token, half, offset, CONTENT[offset:offset + size])
        offset += size
    assert answer.json["address"].endswith("#files")
    assert me.head(half).status_code == 404
    stored = session.scalars(select(StoredFile)).one()
    assert (stored.size, stored.sha256) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    assert read_file(stored) == CONTENT
    assert session.scalar(select(func.count(PracticeFile.id))) == 1
    session.rollback()
    receipt = text_of(me.get(f"{PRACTICE}/receipt"))
    assert stored.sha256 in receipt
    document, picture = me.get(f"{PRACTICE}/receipt.pdf"), me.get(f"{PRACTICE}/receipt.png")
    assert (document.data[:5], picture.data[:4]) == (b"%PDF-", b"\x89PNG")
    assert picture.headers["Content-Disposition"].startswith("inline")

    stranger = sign_in(account_of(a_student("stranger")), app.test_client())
    token, answer = begun(me, CONTENT + b"more")
    half = answer.json["address"]
    send(me, token, half, 0, CONTENT[:9])
    assert stranger.head(half).status_code == 404
    assert stranger.get(f"{PRACTICE}/receipt.png").status_code == 404
    for changes in ({"name": "a.exe"}, {"head": b"MZ".hex()}, {"size": 90_000_000}, {"size": ""}, {"head": "zz"}):
        assert begun(me, **changes)[1].status_code == 422, changes
    for number in range(5):
        answer = begun(me, CONTENT, name=f"{number}.pdf")[1]
    assert answer.status_code == 422
    assert "一小时" in answer.json["words"]
    session.rollback()
    every_minute(NOON + timedelta(minutes=61))
    assert session.scalar(select(func.count(HalfUpload.id))) == 0
    assert not list(Path(app.config["UPLOAD_DIR"]).rglob("*.half"))
