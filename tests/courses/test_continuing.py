"""Going on with a task on another device: the code leads its owner alone, once, in time, and signs nobody in."""

from datetime import timedelta

from sqlalchemy import func, select

from enroll.courses.jobs import every_minute
from enroll.courses.models.works import ContinueCode
from enroll.courses.rules.continuing import ALPHABET, as_shown, as_typed
from tests.builders.courses import the_courses
from tests.builders.study import a_student, account_of
from tests.conftest import NOON
from tests.pages import press, soup, text_of

TASK, CODE = "/study/G1/G1-M2-P1", "/study/G1/G1-M2-P1/continue"


def newest(session):
    code = session.scalars(select(ContinueCode.code).order_by(ContinueCode.id.desc())).first()
    session.rollback()
    return code


def made(me, session):
    assert press(me, TASK, CODE).location == CODE
    return newest(session)


def test_a_code_is_kept_as_it_is_typed_however_it_is_typed():
    assert as_typed(" acde-f347 ") == "ACDEF347"
    assert as_shown("ACDEF347") == "ACDE-F347"
    assert [as_typed(wrong) for wrong in ("", "ACDE", "ACDEF34O", "ACDEF3477")] == [""] * 4
    assert not set("01258OILZSB") & set(ALPHABET)


def test_the_code_leads_its_owner_once_to_the_task_after_signing_in_there(app, session, clock, sign_in):
    student = account_of(a_student())
    stranger = account_of(a_student("stranger"))
    the_courses()
    phone, computer, other = sign_in(student), app.test_client(), sign_in(stranger, app.test_client())
    assert phone.get(CODE).status_code == 200  # nothing made yet, and said
    code = made(phone, session)
    page = phone.get(CODE)
    assert soup(page).select_one("svg.qr") is not None
    assert as_shown(code) in text_of(page)
    link = f"/study/continue/{code}"
    asked = computer.get(link)  # signed out: the sign-in page, and back here
    assert (asked.status_code, "/sign-in?next=" in asked.location) == (303, True)
    assert other.get(link).status_code == other.get("/study/continue/ACDEF347").status_code == 404
    assert text_of(other.get(link)) == text_of(other.get("/study/continue/ACDEF347"))
    computer = sign_in(student, computer)
    assert computer.get(f"/study/continue?code={as_shown(code).lower()}").location == link
    for _look in range(2):
        assert computer.get(link).status_code == 200  # a preview of a message app uses nothing up
    assert press(computer, link, link).location == f"{TASK}#files"
    assert computer.get(link).status_code == 404
    assert "已于" in text_of(phone.get(CODE))
    assert computer.get("/study/continue?code=nonsense").status_code == 404

    first, second = made(phone, session), made(phone, session)
    assert [computer.get(f"/study/continue/{one}").status_code for one in (first, second)] == [404, 200]
    clock.set(NOON + timedelta(minutes=11))
    assert computer.get(f"/study/continue/{second}").status_code == 404
    assert "已过期" in text_of(phone.get(CODE))
    third = made(phone, session)
    assert press(phone, "/home", "/sign-out").status_code == 303  # the browser that made it has left
    assert computer.get(f"/study/continue/{third}").status_code == 404
    every_minute(NOON + timedelta(days=2))
    assert session.scalar(select(func.count(ContinueCode.id))) == 0


def test_no_code_is_made_for_a_lesson_that_is_no_task_or_not_ones_own(session, sign_in):
    me = sign_in(account_of(a_student()))
    the_courses()
    token = soup(me.get(TASK)).select_one("input[name=csrf_token]")["value"]
    for address in ("/study/G1/G1-M1-L1/continue", "/study/D9/D9-M1-L1/continue"):
        assert me.get(address).status_code == 404
        assert me.post(address, data={"csrf_token": token}).status_code == 404
