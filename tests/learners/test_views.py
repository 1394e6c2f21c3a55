import io
from base64 import urlsafe_b64decode
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from enroll.accounts.models import Account
from enroll.accounts.permissions import Role
from enroll.learners.models import Consent, Learner
from enroll.learners.queries.checks import files_in_force, photo_in_force
from enroll.learners.rules.texts import SENSITIVE_ID
from enroll.learners.services.identity import ReturnItem, decide_check
from enroll.learners.services.texts import add_consent_text
from enroll.notifications.models import Dispatch
from enroll.storage.files import read_file
from enroll.web.throttle import limiter
from tests.builders.accounts import an_account
from tests.builders.learners import (
    a_learner,
    a_number,
    a_reviewer,
    agreed,
    check_of,
    handed_in,
    the_texts,
    with_everything,
)
from tests.builders.mailbox import codes_sent, events_told
from tests.builders.people import an_open_account
from tests.builders.pictures import a_camera_photo, a_flood, a_picture
from tests.conftest import NOON
from tests.pages import fields_of, form_on, press, soup, text_of

PASSWORD = "kettle spoon river nine"
WHOLE = {"legal_name": "张伟", "id_type": "resident_id", "id_number": a_number(), "birth_date": "1990-03-12",
         "sex": "male", "nationality": "CHN"}


@pytest.fixture(autouse=True)
def texts(app):
    the_texts()


def sign_up(client, **typed):
    whole = {"contact": "ana@example.org", "birth_date": "1990-03-12", "password": PASSWORD, "privacy_notice": "y"}
    return press(client, "/sign-up", **{**whole, **typed})


def upload(client, address, action="", **files):
    """Press the upload form of a page with these files: name=(content, file name)."""
    form = form_on(client.get(address), action or address)
    sent = {**fields_of(form), **{name: (io.BytesIO(content), called) for name, (content, called) in files.items()}}
    return client.post(action or address, data=sent, content_type="multipart/form-data")


def test_somebody_signs_up_in_two_pages_and_is_signed_in(client, session):
    assert sign_up(client, marketing="y").location == "/sign-up/code"
    answer = press(client, "/sign-up/code", code=codes_sent("ana@example.org")[-1])
    assert (answer.status_code, answer.location) == (303, "/home")
    assert client.get("/identity").status_code == 200
    given = session.scalars(select(Consent)).all()
    assert sorted(one.consent_text.code for one in given) == ["marketing", "privacy_notice"]


def test_marketing_is_not_ticked_and_the_notice_is_not_either(client, session):
    page = soup(client.get("/sign-up"))
    assert not [box for box in page.select("input[type=checkbox]") if box.has_attr("checked")]
    assert page.find("input", {"name": "password"})["autocomplete"] == "new-password"
    sign_up(client)
    press(client, "/sign-up/code", code=codes_sent()[-1])
    assert [one.consent_text.code for one in session.scalars(select(Consent))] == ["privacy_notice"]


def test_what_is_wrong_with_a_sign_up_is_said_and_nothing_is_kept(client, session):
    for typed in (
        {"privacy_notice": None}, {"contact": "not an address"}, {"contact": "19900001001"}, {"contact": ""},
        {"contact": "\x00"}, {"contact": "x" * 5000}, {"password": "short"}, {"password": "woaini5201314"},
        {"password": "ana@example.org"}, {"birth_date": ""}, {"birth_date": "12.3.1990"}, {"birth_date": "2030-01-01"},
        {"birth_date": "1890-01-01"}, {"birth_date": "2020-01-01"}, {"birth_date": "99999-01-01"},
    ):
        limiter.reset()
        answer = sign_up(client, **typed)
        assert answer.status_code == 422, typed
        assert soup(answer).select_one(".errsum"), typed
        assert session.scalars(select(Account)).all() == [], typed
        session.rollback()


def test_phones_sign_up_where_text_messages_leave(client, app, session):
    app.config["SMS_URL"] = "https://sms.example"
    assert sign_up(client, contact="199 0000 1001").location == "/sign-up/code"
    assert press(client, "/sign-up/code", code=codes_sent("+8619900001001")[-1]).location == "/home"


def test_signing_up_tells_nobody_who_has_an_account(client, app, session):
    an_open_account(email="ana@example.org")
    pages = []
    for address in ("ana@example.org", "eve@example.org"):
        browser = app.test_client()
        answer = sign_up(browser, contact=address)
        shown = browser.get("/sign-up/code")
        wrong = press(browser, "/sign-up/code", code="000000")
        again = press(browser, "/sign-up/code", "/sign-up/again")
        pages.append([answer.location, text_of(shown).replace(address, ""), wrong.status_code,
                      text_of(wrong).replace(address, ""), again.status_code, text_of(again).replace(address, "")])
    assert pages[0] == pages[1]


def test_a_code_is_worth_nothing_in_another_browser(client, app, session):
    sign_up(client)
    assert app.test_client().get("/sign-up/code").location == "/sign-up"


def test_another_code_can_be_asked_for_after_a_minute(client, clock, session):
    sign_up(client)
    assert press(client, "/sign-up/code", "/sign-up/again").status_code == 422
    clock.set(NOON + timedelta(minutes=1))
    assert press(client, "/sign-up/code", "/sign-up/again").status_code == 303
    old, new = codes_sent()
    if old != new:
        assert press(client, "/sign-up/code", code=old).status_code == 422
    assert press(client, "/sign-up/code", code=new).location == "/home"


def test_the_cookie_of_a_sign_up_hides_what_it_carries(client, session):
    sign_up(client)
    with client.session_transaction() as cookie:
        carried = urlsafe_b64decode(cookie["sign_up"])  # in letters, "ana" stands by chance in one of some hundreds
        assert b"ana@example" not in carried
        assert b"1990-03" not in carried
        cookie["sign_up"] = "forged"
    assert client.get("/sign-up/code").location == "/sign-up"


def test_five_wrong_codes_end_a_code(client, session):
    sign_up(client)
    right = codes_sent()[-1]
    for number in range(5):
        press(client, "/sign-up/code", code=f"{(int(right) + 1 + number) % 1_000_000:06d}")
    assert press(client, "/sign-up/code", code=right).status_code == 422
    assert session.scalars(select(Learner)).all() == []
    session.rollback()


def test_a_learner_goes_through_every_part_and_hands_in(client, sign_in, session):
    learner = a_learner()
    sign_in(learner.account)
    assert "先决定是否同意" in text_of(client.get("/identity"))
    press(client, "/identity/consents", agree=["sensitive_id", "share_issuer"])
    press(client, "/identity/details", **WHOLE)
    front, back = (a_picture(900, 600), "a.jpg"), (a_picture(910, 600), "b.png")
    upload(client, "/identity/document", id_front=front, id_back=back)
    upload(client, "/identity/photo", photo=(a_camera_photo(), "me.jpg"))
    assert press(client, "/identity/photo/crop").location == "/identity/photo"
    assert press(client, "/identity/check", "/identity/submit").location == "/identity"
    assert {check_of(learner, kind).state for kind in ("identity", "photo")} == {"submitted"}
    assert "审核中" in text_of(client.get("/identity"))


def test_the_details_say_what_is_wrong_beside_the_field_and_keep_what_was_typed(client, sign_in, session):
    sign_in(agreed(a_learner()).account)
    answer = press(client, "/identity/details", **{**WHOLE, "id_number": a_number()[:-1] + "!", "sex": "female"})
    page = soup(answer)
    assert answer.status_code == 422
    assert page.find("input", {"name": "legal_name"})["value"] == "张伟"
    assert page.find("input", {"name": "id_number"})["aria-invalid"] == "true"
    assert a_number() not in text_of(client.get("/identity/details"))


def test_a_bad_name_is_refused_kindly(client, sign_in, session):
    learner = agreed(a_learner())
    sign_in(learner.account)
    for name in ("\x00张", "\u202e张伟", "=1+1", "张" * 61, "x" * 5000, "<script>alert(1)</script>"):
        answer = press(client, "/identity/details", **{**WHOLE, "legal_name": name})
        assert answer.status_code == 422, name
        assert "<script>alert" not in answer.text, name
        session.refresh(learner)
        assert learner.legal_name == "", name
        session.rollback()


def test_a_middle_dot_is_put_right_and_said(client, sign_in, session):
    learner = agreed(a_learner())
    sign_in(learner.account)
    answer = press(client, "/identity/details", **{**WHOLE, "legal_name": "阿依努尔・买买提江"})
    assert "阿依努尔·买买提江" in text_of(client.get(answer.location))


def test_the_kept_number_is_never_shown_again(client, sign_in, session):
    sign_in(with_everything(a_learner()).account)
    for address in ("/identity", "/identity/details", "/identity/check", "/account"):
        assert a_number() not in client.get(address).text
    assert "110***********" in text_of(client.get("/identity/check"))


def test_fields_that_belong_to_no_form_change_nothing(client, sign_in, session):
    learner = agreed(a_learner())
    sign_in(learner.account)
    press(client, "/identity/details", **WHOLE, account_id="1", reference="L999999", state="verified", learner_id="9",
          id_number_mask="x", joined_at="2000-01-01")
    session.refresh(learner)
    assert (learner.reference, check_of(learner).state) == ("L000001", "draft")


def test_an_old_tab_is_a_409_that_keeps_what_was_typed(client, sign_in, session):
    sign_in(agreed(a_learner()).account)
    old = fields_of(form_on(client.get("/identity/details"), "/identity/details"))
    press(client, "/identity/details", **WHOLE)
    answer = client.post("/identity/details", data={**old, **WHOLE, "employer": "这段话不能丢"})
    assert answer.status_code == 409
    assert "这段话不能丢" in answer.text


def test_what_is_no_picture_is_refused_and_nothing_is_kept(client, sign_in, session):
    learner = agreed(a_learner())
    learner_id = learner.id
    sign_in(learner.account)
    for kind, content in {
        "empty": b"", "one byte": b"x", "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>", "pdf": b"%PDF-1.7",
        "gif": b"GIF89a" + b"\x00" * 100, "truncated": a_picture(900, 600)[:900], "flood": a_flood(9000, 9000),
    }.items():
        for address, field in (("/identity/document", "id_front"), ("/identity/photo", "photo")):
            answer = upload(client, address, **{field: (content, "../../x.jpg")})
            assert answer.status_code == 422, (kind, address)
        assert files_in_force(session, learner_id) == {}, kind
        session.rollback()


def test_a_picture_over_the_limit_is_a_413(client, sign_in, session):
    sign_in(agreed(a_learner()).account)
    large = b"x" * (11 * 1024 * 1024)
    answer = client.post("/identity/photo", input_stream=io.BytesIO(large), content_length=len(large),
                         content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413


def test_an_upload_is_written_anew_without_where_it_was_taken_and_sealed_on_disk(client, app, sign_in, session):
    learner = agreed(a_learner())
    sign_in(learner.account)
    exif = Image.Exif()
    exif[0x010F] = "a camera that tells"
    upload(client, "/identity/document", id_front=(a_picture(900, 600, exif=exif.tobytes()), "a.jpg"))
    kept = files_in_force(session, learner.id)["id_front"].file
    assert kept.sealed
    assert b"camera that tells" not in read_file(kept)
    session.rollback()
    shown = client.get("/identity/document/id_front")
    assert (shown.content_type, shown.headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert "sandbox" in shown.headers["Content-Security-Policy"]


def test_another_learner_sees_none_of_ones_pictures(client, app, sign_in, session):
    with_everything(a_learner())
    eve = sign_in(a_learner("eve@example.org").account, app.test_client())
    for address in ("/identity/document/id_front", "/identity/photo/photo.jpg", "/identity/photo/preview"):
        assert eve.get(address).status_code == 404


def test_the_photo_is_cut_by_buttons_alone_to_the_size_of_the_rule(client, sign_in, session):
    learner = a_learner()
    sign_in(learner.account)
    upload(client, "/identity/photo", photo=(a_camera_photo(), "me.jpg"))
    page = soup(client.get("/identity/photo/crop"))
    larger = page.find("a", {"data-crop-move": "in"})["href"]
    left = soup(client.get(larger)).find("a", {"data-crop-move": "left"})["href"]
    assert "zoom=125" in left
    preview = client.get(soup(client.get(left)).select_one("[data-crop] img")["src"])
    assert Image.open(io.BytesIO(preview.data)).size == (295, 413)
    press(client, left, "/identity/photo/crop")
    kept = read_file(photo_in_force(session, learner.id))
    assert Image.open(io.BytesIO(kept)).size == (295, 413)
    assert 10_000 <= len(kept) <= 200_000
    session.rollback()


def test_a_frame_that_cannot_be_is_a_400_or_put_right(client, sign_in, session):
    sign_in(with_everything(a_learner()).account)
    wild = ["x=-1", "x=abc", "zoom=1e9", "y=99999999999999999999", "x=１"]
    answers = {query: client.get(f"/identity/photo/crop?{query}").status_code for query in wild}
    assert answers == dict.fromkeys(wild, 400)
    assert client.get("/identity/photo/preview?x=2000&y=0&zoom=4000").status_code == 200


def test_the_machine_says_what_it_sees_and_decides_nothing(client, sign_in, session):
    sign_in(a_learner().account)
    upload(client, "/identity/photo", photo=(a_camera_photo(background="#6699cc"), "me.jpg"))
    assert "背景不够纯净" in text_of(client.get("/identity/photo/crop"))
    assert press(client, "/identity/photo/crop").status_code == 303


def test_each_consent_is_its_own_box_with_its_version(client, sign_in, session):
    learner = a_learner()
    sign_in(learner.account)
    page = soup(client.get("/identity/consents"))
    assert [box["value"] for box in page.select("input[name=agree]")] == ["sensitive_id", "share_issuer"]
    assert not page.select("input[checked]")
    old = fields_of(form_on(client.get("/identity/consents"), "/identity/consents"))
    add_consent_text({"code": SENSITIVE_ID, "kind": "separate", "required": True, "when": "exam_registration",
                      "title": "新", "text": "新"}, now=NOON)
    answer = client.post("/identity/consents", data={**old, "agree": [SENSITIVE_ID]})
    assert answer.status_code == 422
    assert session.scalars(select(Consent)).all() == []
    session.rollback()
    for wrong in ("face; DROP", "nothing_like_it", "\x00"):
        assert client.post("/identity/consents", data={**old, "key": "k", "agree": [wrong]}).status_code in {303, 422}


def test_consents_are_taken_back_and_given_again_in_the_account(client, sign_in, session):
    sign_in(agreed(a_learner()).account)
    page = client.get("/account/consents")
    assert "撤回后" in text_of(page)
    assert press(client, "/account/consents", f"/account/consents/{SENSITIVE_ID}/withdraw").status_code == 303
    assert press(client, "/account/consents", f"/account/consents/{SENSITIVE_ID}/give").status_code == 303
    assert len(session.scalars(select(Consent)).all()) == 2
    session.rollback()
    token = fields_of(form_on(page, "/withdraw"))
    for address in ("/account/consents/guardian/give", "/account/consents/nothing/give", "/account/consents/face/burn"):
        assert client.post(address, data=token).status_code == 404


def test_a_guardian_acknowledges_on_a_page_of_their_own(client, app, sign_in, session):
    born = NOON.date().replace(year=2010)
    learner = with_everything(a_learner("kid@example.org", born=born), birth_date=born, legal_name="李小明")
    sign_in(learner.account)
    answer = press(client, "/identity/guardian", guardian_name="李强", relation="father", contact="father@example.org")
    assert answer.location == "/identity/guardian"
    token = events_told("CodeSent")[-1]["token"]
    guardian = app.test_client()
    page = guardian.get(f"/guardian/{token}")
    assert "李*明" in text_of(page)
    assert "李小明" not in page.text
    letter = session.scalars(select(Dispatch)).all()[-1]
    assert f"http://localhost/guardian/{token}" in letter.body
    session.rollback()
    code = codes_sent("father@example.org")[-1]
    assert press(guardian, f"/guardian/{token}", code=code).status_code == 422, "the box must be ticked"
    assert press(guardian, f"/guardian/{token}", code="000000", agree="y").status_code == 422
    assert press(guardian, f"/guardian/{token}", code=code, agree="y").status_code == 303
    assert "已确认" in text_of(guardian.get(f"/guardian/{token}"))
    assert "李强 已确认知情" in text_of(client.get("/identity/guardian"))


def test_a_guardian_that_cannot_be_is_refused(client, sign_in, session):
    born = NOON.date().replace(year=2010)
    sign_in(with_everything(a_learner("kid@example.org", born=born), birth_date=born).account)
    whole = {"guardian_name": "李强", "relation": "father", "contact": "father@example.org"}
    for typed in ({"guardian_name": "=1+1"}, {"relation": "boss"}, {"contact": "kid@example.org"},
                  {"contact": "nothing"}, {"guardian_name": "\x00"}):
        assert press(client, "/identity/guardian", **{**whole, **typed}).status_code == 422, typed
        assert codes_sent() == [], typed


def test_a_guardians_page_cannot_be_guessed(client, session):
    tokens = ["a" * 22, "0000000000", "..%2f..%2fetc", "x", "%00" * 12]
    assert {token: client.get(f"/guardian/{token}").status_code for token in tokens} == dict.fromkeys(tokens, 404)


def test_a_return_says_what_is_wrong_and_that_the_rest_is_fine(client, sign_in, session):
    learner = handed_in(with_everything(a_learner()))
    items = (ReturnItem("name", "id_mismatch", "姓名请与证件一致"),)
    decide_check(check_of(learner).reference, "return", by=a_reviewer(), now=NOON, items=items)
    sign_in(learner.account)
    shown = text_of(client.get("/identity"))
    assert "姓名请与证件一致" in shown
    assert "其他内容没有问题" in shown
    press(client, "/identity/details", legal_name="张玮")
    assert press(client, "/identity/check", "/identity/submit").status_code == 303
    assert "姓名请与证件一致" not in text_of(client.get("/identity"))


def test_handing_in_with_something_missing_says_all_of_it(client, sign_in, session):
    sign_in(a_learner().account)
    page = client.get("/identity/check")
    assert not [form for form in soup(page).find_all("form") if "submit" in form.get("action", "")]
    token = fields_of(form_on(client.get("/identity/consents"), "/identity/consents"))
    answer = client.post("/identity/submit", data=token)
    assert answer.status_code == 422
    assert len(soup(answer).select(".errsum li")) >= 5


def test_the_same_press_twice_hands_in_once(client, sign_in, session):
    learner = with_everything(a_learner())
    sign_in(learner.account)
    sent = fields_of(form_on(client.get("/identity/check"), "/identity/submit"))
    answers = {client.post("/identity/submit", data=sent).location for _ in range(2)}
    assert answers == {"/identity"}
    assert len(events_told("IdentityCheckMoved")) == 2


def test_staff_without_a_learners_record_get_no_learners_pages(client, sign_in, session):
    sign_in(an_account("rui", Role.REVIEWER))
    assert client.get("/identity").status_code == 403
    sign_in(an_account("odd", Role.LEARNER))
    assert client.get("/identity").status_code == 404


def test_every_page_speaks_both_languages(client, sign_in, session):
    learner = with_everything(a_learner(), legal_name="Ana")
    sign_in(learner.account)
    for address in ("/identity", "/identity/details", "/identity/document", "/identity/photo", "/identity/photo/crop",
                    "/identity/consents", "/identity/check", "/account/consents"):
        client.get("/language/en")
        english = text_of(client.get(address)).replace("中文", "")
        assert not [one for one in english if "\u4e00" <= one <= "\u9fff"], address
        client.get("/language/zh")
        assert [one for one in text_of(client.get(address)) if "\u4e00" <= one <= "\u9fff"], address
