"""The staff pages of results: entering, keying again blind, deciding, files, publishing, score reviews."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.results.models import MarkEntry, Publication, Result, ScoreReview
from enroll.results.services.reviews import ask_score_review
from tests.builders.award import (
    MARKING,
    PUBLISHING,
    House,
    a_candidate,
    acting,
    an_exam,
    check,
    enter,
    locked,
    marked,
    opened,
    published,
    result_of,
    sitting_code,
)
from tests.builders.study import a_person
from tests.builders.workbooks import a_workbook
from tests.pages import form_on, press, soup, text_of

BOTH = {"theory": 72, "practical": 54}


@pytest.fixture
def house(app):
    return House()


@pytest.fixture
def window(app, clock):
    clock.set(MARKING)
    return an_exam()


@pytest.fixture
def theory(window):
    return f"/staff/results/sittings/{sitting_code(window, 'theory')}"


def marks_on(page):
    return {tag["name"]: tag["value"] for tag in soup(page).select("input.cell-in")}


def field(learner, window, part="theory"):
    return "mark-" + result_of(learner, window, part).reference


def grid_on(page):
    """The hidden fields of the grid's form; a page of marks also has a form that searches."""
    form = soup(page).select_one("form[method=post][data-unsaved]")
    return {tag["name"]: tag.get("value", "") for tag in form.select("input")}


def save(browser, address, **typed):
    return browser.post(address, data=grid_on(browser.get(address)) | typed)


def states(session):
    session.rollback()
    return sorted(session.scalars(select(Result.state)))


def test_a_maker_enters_a_page_of_marks_and_sees_them_again(session, window, house, sign_in, theory):
    ana, ben = a_candidate("ana", window, practical=None), a_candidate("ben", window, practical=None)
    opened(window, by=acting(house.maker))
    names = [field(one, window) for one in (ana, ben)]
    browser = sign_in(house.maker)
    answer = save(browser, theory + "/enter", **{names[0]: "73", names[1]: ""})
    assert answer.status_code == 303
    assert marks_on(browser.get(theory + "/enter")) == {names[0]: "73", names[1]: ""}
    assert states(session) == ["entered", "pending"]


def test_a_wrong_row_keeps_what_was_typed_and_the_others_are_saved(session, window, house, sign_in, theory):
    ana, ben = a_candidate("ana", window, practical=None), a_candidate("ben", window, practical=None)
    opened(window, by=acting(house.maker))
    names, browser = [field(one, window) for one in (ana, ben)], sign_in(house.maker)
    for wrong in ("101", "abc", "73.25", "１２", "-1", "1e3", "NaN", "=1+1", "x" * 5000):
        answer = save(browser, theory + "/enter", **{names[0]: wrong, names[1]: "61"})
        assert answer.status_code == 422
        assert marks_on(answer) == {names[0]: wrong[:20], names[1]: "61"}
        assert len(soup(answer).select("[aria-invalid=true]")) == 1
        assert soup(answer).select_one("[data-error-summary]")
    assert list(session.scalars(select(MarkEntry.mark))) == [610]


def test_the_same_press_twice_is_saved_once_and_without_a_token_not_at_all(session, window, house, sign_in, theory):
    ana = a_candidate("ana", window, practical=None)
    opened(window, by=acting(house.maker))
    name, browser = field(ana, window), sign_in(house.maker)
    page = browser.get(theory + "/enter")
    sent = grid_on(page) | {name: "70"}
    for _ in range(2):
        assert browser.post(theory + "/enter", data=sent).status_code == 303
    assert session.query(MarkEntry).count() == 1
    session.rollback()
    assert browser.post(theory + "/enter", data={**sent, "csrf_token": ""}).status_code == 419


def test_marks_of_a_colleague_are_not_shown_to_another_maker(window, house, sign_in, theory):
    ana = a_candidate("ana", window, practical=None)
    opened(window, by=acting(house.maker))
    enter(ana, window, "theory", 73, by=acting(house.maker))
    page = sign_in(a_person("luru2", Role.RESULT_MAKER)).get(theory + "/enter")
    assert list(marks_on(page).values()) == [""]


def test_a_row_changed_by_a_colleague_meanwhile_is_not_overwritten_unseen(session, window, house, sign_in, theory):
    ana = a_candidate("ana", window, practical=None)
    opened(window, by=acting(house.maker))
    name, browser = field(ana, window), sign_in(house.maker)
    page = browser.get(theory + "/enter")
    sent = grid_on(page) | {name: "70"}
    enter(ana, window, "theory", 73, by=acting(a_person("luru2", Role.RESULT_MAKER)))
    session.rollback()
    answer = browser.post(theory + "/enter", data=sent)
    assert answer.status_code == 422
    assert marks_on(answer) == {name: "70"}
    assert list(session.scalars(select(MarkEntry.mark))) == [730]


def test_the_checker_keys_again_without_seeing_the_first_entry_by_any_door(session, window, house, sign_in, theory):
    ana, ben = a_candidate("ana", window, practical=None), a_candidate("ben", window, practical=None)
    opened(window, by=acting(house.maker))
    for learner in (ana, ben):
        enter(learner, window, "theory", 73, by=acting(house.maker))
    reference = result_of(ana, window, "theory").reference
    names = [field(one, window) for one in (ana, ben)]
    browser = sign_in(a_person("fuhe-too", Role.RESULT_CHECKER, Role.RESULT_MAKER))
    for address in (
        theory,
        theory + "/check",
        theory + "/enter",
        f"/staff/results/{reference}",
        "/staff/results",
        f"/staff/results/windows/{window.code}",
        f"{theory}?state=entered",
        "/staff/score-reviews",
        "/staff",
    ):
        page = browser.get(address)
        assert page.status_code == 200
        assert "73" not in text_of(page)
        assert "73" not in marks_on(page).values()
    assert marks_on(browser.get(theory + "/check")) == dict.fromkeys(names, "")
    answer = save(browser, theory + "/check", **{names[0]: "73", names[1]: "71"})
    assert answer.status_code == 303
    assert states(session) == ["checked", "discrepancy"]
    for address in (browser.get(answer.location), browser.get(f"/staff/results/{names[1].removeprefix('mark-')}")):
        assert "73" not in text_of(address), "who made one of two different entries does not see the other"


def test_the_maker_finds_nothing_of_their_own_to_key_again(window, house, sign_in, theory):
    ana = a_candidate("ana", window, practical=None)
    both = a_person("solo", Role.RESULT_MAKER, Role.RESULT_CHECKER)
    opened(window, by=acting(both))
    enter(ana, window, "theory", 73, by=acting(both))
    assert marks_on(sign_in(both).get(theory + "/check")) == {}
    assert "Nothing to key again" in text_of(sign_in(both).get(theory + "/check", headers={"Accept-Language": "en"}))


def test_a_third_person_sees_both_entries_and_decides_with_a_reason(session, window, house, sign_in):
    ana = a_candidate("ana", window, practical=None)
    opened(window, by=acting(house.maker))
    enter(ana, window, "theory", 68, by=acting(house.maker))
    check(ana, window, "theory", 63, by=acting(house.checker))
    address = f"/staff/results/{result_of(ana, window, 'theory').reference}"
    assert "/decide" not in str(soup(sign_in(house.checker).get(address)))
    browser = sign_in(house.third)
    shown = text_of(browser.get(address))
    assert "68" in shown
    assert "63" in shown
    assert press(browser, address, address + "/decide", mark="68", reason="").status_code == 409
    assert press(browser, address, address + "/decide", mark="101", reason="x").status_code == 422
    assert press(browser, address, address + "/decide", mark="68", reason="卷面为 68", version="1").status_code == 409
    assert press(browser, address, address + "/decide", mark="68", reason="卷面为 68").status_code == 303
    assert states(session) == ["checked"]


def test_rows_are_opened_locked_unlocked_and_published_by_their_buttons(session, window, house, sign_in, clock, theory):
    ana = a_candidate("ana", window, practical=None)
    browser = sign_in(house.maker)
    assert press(browser, theory, theory + "/open").status_code == 303
    enter(ana, window, "theory", 73, by=acting(house.maker))
    check(ana, window, "theory", 73, by=acting(house.checker))
    browser = sign_in(house.lead)
    assert press(browser, theory, theory + "/lock").status_code == 303
    assert press(browser, theory, theory + "/unlock", reason="").status_code == 409
    assert press(browser, theory, theory + "/unlock", reason="A late list").status_code == 303
    press(browser, theory, theory + "/lock")
    address = f"/staff/results/windows/{window.code}"
    assert "btn--dead" in browser.get(address).get_data(as_text=True), "its time has not come"
    clock.set(PUBLISHING)
    assert press(browser, address, address + "/publish").status_code == 303
    assert states(session) == ["published"]
    assert session.query(Publication).count() == 1


def test_publishing_before_its_time_is_refused_also_without_the_button(session, window, house, sign_in):
    ana = a_candidate("ana", window)
    locked(window, house, {ana: BOTH})
    browser = sign_in(house.lead)
    address = f"/staff/results/windows/{window.code}"
    page = browser.get(f"/staff/results/sittings/{sitting_code(window, 'theory')}")
    token = form_on(page, "/unlock").select_one("input[name=csrf_token]")["value"]
    assert browser.post(address + "/publish", data={"csrf_token": token, "key": "k"}).status_code == 409
    assert session.query(Publication).count() == 0


def upload(browser, window, content, name="marks.xlsx"):
    address = f"/staff/results/windows/{window.code}/import"
    form = form_on(browser.get(address), address)
    sent = {tag["name"]: tag.get("value", "") for tag in form.select("input[type=hidden]")}
    return browser.post(address, data={**sent, "file": (io.BytesIO(content), name)})


def test_a_file_is_shown_entered_checked_by_sample_and_its_marks_stay_unseen(session, window, house, sign_in, theory):
    ana = a_candidate("ana", window, practical=None, ticket_no="T1", legal_name="安娜")
    opened(window, by=acting(house.maker))
    content = a_workbook(
        [("准考证号", "姓名", "科目", "成绩"), ("T1T", "安娜", "理论", 73), ("T9", "别人", "理论", 50)]
    )
    browser = sign_in(house.maker)
    answer = upload(browser, window, content)
    assert answer.status_code == 303
    shown = text_of(browser.get(answer.location))
    assert "73" in shown
    assert "T9" not in shown
    assert "准考证号" in shown
    assert press(browser, answer.location, "/apply", digest="0" * 64).status_code == 409
    assert press(browser, answer.location, "/apply").status_code == 303
    assert states(session) == ["entered"]
    again = upload(browser, window, content, "copy.xlsx")
    assert again.location == answer.location
    other = sign_in(house.checker)
    assert "73" not in re.sub(r"[0-9a-f]{64}", "", text_of(other.get(answer.location)))
    assert save(other, theory + "/check", **{field(ana, window): "73"}).status_code == 303
    assert states(session) == ["checked"]


def test_files_that_are_none_are_refused_on_their_page(window, house, sign_in):
    browser = sign_in(house.maker)
    for content, name in (
        (b"", "marks.xlsx"),
        (b"MZ", "marks.exe"),
        (b"a,b\n1,2\n", "marks.csv"),
        (b"PK\x03\x04", "marks.xlsx"),
        (b"\x00" * 10, "marks.csv"),
    ):
        answer = upload(browser, window, content, name)
        assert answer.status_code == 422
        assert soup(answer).select_one("[data-error-summary]")


def test_score_reviews_stand_due_first_and_are_answered_on_their_page(session, window, house, sign_in, clock):
    ana = a_candidate("ana", window)
    published(window, house, {ana: BOTH})
    asked = PUBLISHING + timedelta(days=1)
    reference = ask_score_review(
        ana.id, result_of(ana, window, "practical").reference, "Page 3", now=asked, by=ana.account.actor_at(asked)
    )
    clock.set(asked)
    session.rollback()
    address = f"/staff/score-reviews/{reference}"
    browser = sign_in(house.lead)
    page = browser.get("/staff/score-reviews")
    assert reference in text_of(page)
    assert "张伟" not in page.get_data(as_text=True), "names are masked, also in the notice for the group"
    assert press(browser, address, address + "/answer", reason="x").status_code == 422
    assert press(browser, address, address + "/answer", finding="corrected", reason="x").status_code == 422
    done = press(browser, address, address + "/answer", finding="corrected", mark="60", reason="一页漏加")
    assert done.status_code == 303
    assert session.scalars(select(ScoreReview.finding)).one() == "corrected"
    session.rollback()
    assert "一页漏加" in text_of(browser.get(address))


def test_the_policy_is_shown_to_those_who_see_results_and_set_by_the_administrator(session, window, house, sign_in):
    assert "/policies" in sign_in(house.maker).get("/staff/results").get_data(as_text=True)
    assert not soup(sign_in(house.maker).get("/staff/results/policies")).select("main form[method=post]")
    browser = sign_in(a_person("admin", Role.ADMINISTRATOR))
    address = "/staff/results/policies"
    assert press(browser, address, sample_at_least="0", reason="x").status_code == 422
    assert press(browser, address, sample_percent="１２", reason="x").status_code == 422
    assert press(browser, address, sample_percent="10", reason="新的承办人").status_code == 303
    assert "新的承办人" in text_of(browser.get(address))


def addresses(window, ana):
    code, reference = sitting_code(window, "theory"), result_of(ana, window, "theory").reference
    return [
        "/staff/results",
        "/staff/score-reviews",
        "/staff/results/policies",
        f"/staff/results/windows/{window.code}",
        f"/staff/results/windows/{window.code}/import",
        f"/staff/results/sittings/{code}",
        f"/staff/results/sittings/{code}/enter",
        f"/staff/results/sittings/{code}/check",
        f"/staff/results/{reference}",
    ]


@pytest.mark.one_database
def test_signed_out_is_sent_to_sign_in_and_other_roles_are_refused(window, house, sign_in, client, app):
    ana = a_candidate("ana", window)
    marked(window, house, {ana: BOTH})
    others = [ana.account, house.liaison, a_person("t", Role.TRAINER), a_person("f", Role.FINANCE)]
    for address in addresses(window, ana):
        assert app.test_client().get(address).status_code == 302 or app.test_client().get(address).status_code == 303
        for account in others:
            assert sign_in(account).get(address).status_code == 403, (address, account.username)
    assert sign_in(house.checker).get(addresses(window, ana)[6]).status_code == 403
    assert sign_in(house.maker).get(addresses(window, ana)[7]).status_code == 403


def test_what_is_not_there_is_a_404_and_odd_queries_are_answered(window, house, sign_in, theory):
    a_candidate("ana", window)
    opened(window, by=acting(house.maker))
    browser = sign_in(a_person("both", Role.RESULT_MAKER, Role.REVIEW_LEAD))
    for address in (
        "/staff/results/windows/209901",
        "/staff/results/sittings/209901-BJ01-T",
        "/staff/results/R9999-0001",
        "/staff/results/imports/AAAAAAAAAAAAAAAAAAAAAA",
        "/staff/score-reviews/V9999-0001",
        "/staff/results/windows/%00",
        "/staff/results/sittings/x'--",
    ):
        assert browser.get(address).status_code == 404, address
    for query in (
        "?after=99999999999",
        "?after=x",
        "?after=-1",
        "?q=" + "x" * 5000,
        "?q=%00",
        "?state=nonsense",
        "?q=%25",
    ):
        assert browser.get(theory + query).status_code in {200, 400}, query


def test_every_page_stands_in_both_languages(window, house, sign_in):
    ana = a_candidate("ana", window)
    marked(window, house, {ana: BOTH})
    browser = sign_in(a_person("all", Role.RESULT_MAKER, Role.RESULT_CHECKER, Role.REVIEW_LEAD))
    for language in ("zh", "en"):
        browser.get(f"/language/{language}")
        for address in addresses(window, ana):
            page = browser.get(address)
            assert page.status_code == 200
            assert len(soup(page).find_all("h1")) == 1
            assert soup(page).html["lang"].startswith(language)
