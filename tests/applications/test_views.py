"""The learner's pages, pressed as they are served."""

from datetime import date, timedelta
from functools import partial
from itertools import product

import pytest
from sqlalchemy import func, select

from enroll.accounts.permissions import Role
from enroll.applications.models import Application
from enroll.applications.services.reviewing import reject, return_for_correction
from enroll.applications.services.settling import set_flag
from enroll.learners.models import Consent
from enroll.learners.rules.reasons import ReasonWords
from enroll.learners.services.reasons import word_anew
from enroll.learners.services.texts import add_reason
from enroll.sittings.models import Booking
from enroll.sittings.services.parts import SettledPart, settle_parts
from enroll.sittings.services.planning import change_capacity
from enroll.storage.database import db
from tests.applications.test_reviewing import FAKE, HOURS, PHOTO, hand_in_a_new_photo, pay
from tests.at_once import at_once
from tests.builders.accounts import an_account
from tests.builders.applicants import (
    a_draft,
    a_lead,
    a_reviewer,
    a_submitted,
    an_applicant,
    an_approved,
    both_sittings,
    seats_taken,
    the,
    the_window,
)
from tests.builders.exams import a_sitting, a_window
from tests.builders.study import account_of
from tests.conftest import NOON
from tests.pages import fields_of, form_on, press, soup, text_of

BASE = "/applications"
NEW = f"{BASE}/new?window=202701"
BOTH = {"sitting_theory": "202701-BJ01-T", "sitting_practical": "202701-BJ01-P"}
AGREED = ["sensitive_id.1", "share_issuer.1", "commitment.1"]
EN = {"Accept-Language": "en"}


@pytest.fixture
def world(app):
    return both_sittings()


@pytest.fixture
def enrolment(world):
    return an_applicant()


@pytest.fixture
def learner(enrolment, sign_in):
    return sign_in(account_of(enrolment))


def count(model):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def begin(browser):
    """Choose both sittings on the first page; gives the reference of the draft."""
    answer = press(browser, NEW, f"{BASE}/new", **BOTH)
    assert answer.status_code == 303, text_of(answer)
    return answer.location.split("/")[2]


def test_from_the_list_to_the_number_in_four_pages(learner):
    listed = learner.get(BASE, headers=EN)
    assert soup(listed).find("a", string=lambda text: text and "Apply for the exam" in text)["href"] == NEW
    reference = begin(learner)
    details = learner.get(f"{BASE}/{reference}/details", headers=EN)
    assert "Next: check your answers" in text_of(details)
    answer = press(learner, f"{BASE}/{reference}/check", "submit", agreed=AGREED)
    assert answer.location == f"{BASE}/{reference}/done"
    done = text_of(learner.get(answer.location, headers=EN))
    assert reference in done
    assert "Wed 25 Nov, 10:00" in done
    assert the(reference).state == "submitted"
    assert "Submitted, waiting for review" in text_of(learner.get(BASE, headers=EN))


PAGES = ["", "/sittings", "/details", "/check", "/withdraw"]


def test_every_page_of_every_state_has_one_heading_in_both_languages(app, enrolment, learner):
    reference = a_draft(enrolment)

    def look(*paths):
        for path, language in product(paths, ("zh", "en")):
            page = learner.get(path, headers={"Accept-Language": language})
            assert page.status_code == 200, (path, language)
            assert len(soup(page).find_all("h1")) == 1, (path, language)

    own = f"{BASE}/{reference}"
    look(BASE, *[own + page for page in PAGES])
    submit_through_the_page(learner, reference)
    look(BASE, own, f"{own}/done", f"{own}/withdraw", own_booking(reference))
    return_for_correction(reference, [PHOTO, HOURS], by=a_reviewer(), now=the(reference).submitted_at)
    look(BASE, own, f"{own}/correct")


def submit_through_the_page(browser, reference):
    answer = press(browser, f"{BASE}/{reference}/check", "submit", agreed=AGREED)
    assert answer.status_code == 303, text_of(answer)


def own_booking(reference):
    db.session.rollback()
    return f"/bookings/{db.session.scalars(select(Booking.reference).where(Booking.subject == reference)).first()}"


@pytest.mark.one_database
def test_visitors_and_staff_do_not_get_in(client, enrolment, sign_in):
    reference = a_draft(enrolment)
    for path in (BASE, NEW, *[f"{BASE}/{reference}{page}" for page in PAGES]):
        assert client.get(path).status_code == 303, path
    sign_in(an_account("rui", Role.REVIEWER))
    for path in (BASE, NEW, f"{BASE}/{reference}"):
        assert client.get(path).status_code == 403, path


def test_another_learners_application_is_not_found_the_same_as_an_absent_one(app, world, sign_in):
    reference = a_submitted(an_applicant("other"))
    booking = own_booking(reference)
    mine = an_applicant("mine")
    browser = sign_in(account_of(mine))
    own = begin(browser)
    pages = [*PAGES, "/done", "/correct", "/give_up", "/photo"]
    for one in (reference, "A2701-9999"):
        for page in pages:
            assert browser.get(f"{BASE}/{one}{page}").status_code == 404, page
        sent = fields_of(form_on(browser.get(f"{BASE}/{own}/withdraw"), "withdraw"))
        for act in ("submit", "resubmit", "withdraw", "give_up", "sittings"):
            assert browser.post(f"{BASE}/{one}/{act}", data=sent).status_code == 404, act
    assert browser.get(booking).status_code == 404
    assert the(reference).state == "submitted"


def test_what_is_no_reference_is_not_found(learner):
    bad = ["0", "a2701-0001", "A2701-0001%00", "A2701;1", "../x", "A" * 300]
    assert {one: learner.get(f"{BASE}/{one}").status_code for one in bad} == dict.fromkeys(bad, 404)


def test_a_window_that_is_not_there_is_not_found_and_none_is_the_open_one(learner):
    assert learner.get(f"{BASE}/new?window=209901").status_code == 404
    assert learner.get(f"{BASE}/new").status_code == 200
    assert learner.get(f"{BASE}/new?window=%00").status_code == 400


def test_without_an_enrolment_the_way_leads_back_to_the_list(client, world, sign_in):
    from tests.builders.exams import a_bare_learner

    sign_in(a_bare_learner("stranger").account)
    assert client.get(NEW).location == BASE
    assert "No application yet" in text_of(client.get(BASE, headers=EN))


def test_choosing_a_site_chooses_both_parts_there(learner):
    page = soup(learner.get(f"{NEW}&site=BJ01"))
    chosen = [one["value"] for one in page.select("input[type=radio][checked]")]
    assert chosen == ["202701-BJ01-T", "202701-BJ01-P"]
    assert soup(learner.get(NEW)).select("input[type=radio][checked]") == []


def test_a_full_sitting_is_text_and_not_a_choice(learner, world):
    change_capacity(world["theory"], 0, by=a_lead(), now=the_window().opens_at)
    a_sitting(the_window(), seats=3)
    page = learner.get(NEW, headers=EN)
    values = [one["value"] for one in soup(page).select("input[name=sitting_theory]")]
    assert values == ["202701-BJ01-T2"]
    assert "Full" in text_of(page)
    assert "only 3 seats left" in text_of(page)


def test_a_choice_that_is_none_is_said_beside_its_part_and_begins_nothing(learner):
    theory, practical = BOTH.values()
    for wrong in (
        {}, {"sitting_theory": theory}, {**BOTH, "sitting_theory": "=1+1"}, {**BOTH, "sitting_practical": "x" * 5000},
        {"sitting_theory": practical, "sitting_practical": theory},
    ):
        answer = press(learner, NEW, f"{BASE}/new", **wrong)
        assert answer.status_code == 422, wrong
        assert soup(answer).select(".errsum a[href^='#sitting_']"), wrong
        assert count(Application) == 0, wrong


def test_a_second_press_of_the_first_page_is_one_draft(learner):
    sent = {**fields_of(form_on(learner.get(NEW), f"{BASE}/new")), **BOTH}
    answers = [learner.post(NEW, data=sent) for _ in range(2)]
    assert [one.location for one in answers] == [f"{BASE}/A2701-0001/details"] * 2
    assert learner.get(NEW).location == f"{BASE}/A2701-0001/sittings"
    assert count(Application) == 1


def test_ten_presses_of_one_button_at_once_are_one_submission(app, enrolment, sign_in, world):
    reference = a_draft(enrolment)
    browsers = [sign_in(account_of(enrolment), app.test_client()) for _ in range(10)]
    sent = [fields_of(form_on(one.get(f"{BASE}/{reference}/check"), "submit")) for one in browsers]
    presses = [partial(one.post, f"{BASE}/{reference}/submit", data={**fields, "key": "one press", "agreed": AGREED})
               for one, fields in zip(browsers, sent, strict=True)]
    answers = at_once(app, *presses)
    assert [getattr(one, "location", one) for one in answers] == [f"{BASE}/{reference}/done"] * 10
    assert seats_taken(world.values()) == [1, 1]


def test_a_resit_offers_the_missing_part_alone_and_says_what_is_kept(app, world, sign_in):
    enrolment = an_applicant()
    settle_parts(a_window("202611", starts_on=date(2026, 11, 21)), [
        SettledPart(enrolment.learner_id, "theory", "pass", "202705"),
        SettledPart(enrolment.learner_id, "practical", "fail"),
    ], now=NOON)
    page = sign_in(account_of(enrolment)).get(NEW, headers=EN)
    assert {one["name"] for one in soup(page).select("input[type=radio]")} == {"sitting_practical"}
    assert "Theory exam passed in 202611, kept until 202705" in text_of(page)
    assert "Resit: registration closes Wed 30 Dec, 17:00" in " ".join(text_of(page).split()), "its own date"


def test_while_results_are_awaited_the_page_says_so_and_offers_nothing(app, world, sign_in):
    enrolment = an_applicant()
    november = a_window("202611", starts_on=date(2026, 11, 21))
    both_sittings(november)
    an_approved(enrolment, window="202611", now=november.opens_at + timedelta(days=10))
    page = sign_in(account_of(enrolment)).get(NEW, headers=EN)
    assert "The results of 202611 are not published yet" in text_of(page)
    assert soup(page).select("input[type=radio]") == []


def test_the_draft_is_kept_while_one_chooses_and_the_button_goes_on_from_there(learner):
    """As the page's script sends it: the first choice begins the draft, each further one is kept, none twice."""
    sent = fields_of(form_on(learner.get(NEW), f"{BASE}/new"))
    first = learner.post(f"{BASE}/new/keep?window=202701", data={**sent, "sitting_theory": BOTH["sitting_theory"]}).json
    assert first["page"] == f"{BASE}/A2701-0001/sittings"
    assert "草稿已保存" in first["words"]
    assert the("A2701-0001").chosen == {"theory": BOTH["sitting_theory"]}
    sent |= {**BOTH, "version": str(first["version"])}
    second = learner.post(first["keep"], data=sent).json
    assert learner.post(first["keep"], data={**sent, "version": str(second["version"])}).json["version"] == second[
        "version"], "the same choice again changes nothing"
    assert learner.post(first["keep"], data=sent).status_code == 409, "an older tab is told so"
    wrong = learner.post(first["keep"], data={**sent, "version": str(second["version"]), "sitting_theory": "=1+1"})
    assert (wrong.status_code, "理论考试" in wrong.json["words"]) == (422, True)
    assert the("A2701-0001").chosen == {one.removeprefix("sitting_"): code for one, code in BOTH.items()}
    shown = text_of(learner.get(f"{BASE}/A2701-0001", headers=EN))
    assert "09:30 – 11:30" in shown, "the draft's page names what is chosen"
    assert press(learner, first["page"], "", sitting_theory=BOTH["sitting_theory"]).location.endswith("/details")
    assert learner.get(f"{NEW}&site=BJ01").location == f"{first['page']}?site=BJ01"
    assert count(Application) == 1


def test_without_a_token_nothing_is_submitted(learner):
    reference = begin(learner)
    answer = press(learner, f"{BASE}/{reference}/check", "submit", agreed=AGREED, csrf_token=None)
    assert answer.status_code == 419
    assert the(reference).state == "draft"


def test_nothing_is_ticked_before_and_each_text_is_asked_for(learner):
    reference = begin(learner)
    page = soup(learner.get(f"{BASE}/{reference}/check"))
    boxes = page.select("input[name=agreed]")
    assert [one["value"] for one in boxes] == AGREED
    assert not any(one.has_attr("checked") for one in boxes)
    answer = press(learner, f"{BASE}/{reference}/check", "submit", agreed=AGREED[:2])
    assert answer.status_code == 422
    assert [one["value"] for one in soup(answer).select("input[name=agreed][checked]")] == AGREED[:2]
    assert count(Consent) == 0


def test_what_is_no_text_is_no_agreement(learner):
    reference = begin(learner)
    for junk in (["commitment"], ["commitment.１"], ["commitment.9999999"], ["x" * 5000], ["\x00.1"]):
        assert press(learner, f"{BASE}/{reference}/check", "submit", agreed=junk).status_code == 422, junk
        assert the(reference).state == "draft", junk


def test_a_consent_in_force_is_shown_and_not_asked_for_again(learner, enrolment, clock):
    reference = a_submitted(enrolment)
    press(learner, f"{BASE}/{reference}/withdraw", "withdraw")
    clock.set(clock.now() + timedelta(hours=1))
    second = begin(learner)
    page = soup(learner.get(f"{BASE}/{second}/check"))
    assert [one["value"] for one in page.select("input[name=agreed]")] == ["commitment.1"]
    assert press(learner, f"{BASE}/{second}/check", "submit").status_code == 422, "signed for each application"
    assert press(learner, f"{BASE}/{second}/check", "submit", agreed=["commitment.1"]).status_code == 303


def test_the_rules_are_said_one_by_one_with_the_way_to_mend_them(app, world, sign_in):
    browser = sign_in(account_of(an_applicant(minutes=1530, photo="draft")))
    reference = begin(browser)
    for where in ("/check", "/sittings", ""):  # from the first page on, and where the draft stands
        page = browser.get(f"{BASE}/{reference}{where}", headers=EN)
        assert "34 hours credited, 45 minutes are missing" in text_of(page), where
        assert "Not handed in" in text_of(page), where
        assert soup(page).select_one("#conditions[data-fresh] a[href='/identity/photo']"), where
    for where in ("/identity", "/identity/photo"):  # and from there the way back
        assert soup(browser.get(where)).select_one(f"main a[href='{BASE}/{reference}/check']"), where
    answer = press(browser, f"{BASE}/{reference}/check", "submit", agreed=AGREED)
    assert answer.status_code == 422
    assert len(soup(answer).select(".errsum li")) == 2


def test_when_one_part_has_filled_up_the_page_says_which_and_nothing_is_held(learner, world):
    reference = begin(learner)
    change_capacity(world["practical"], 0, by=a_lead(), now=the_window().opens_at)
    answer = press(learner, f"{BASE}/{reference}/check", "submit", agreed=AGREED)
    assert answer.status_code == 422
    assert "实践考核" in soup(answer).select_one(".errsum").get_text()
    assert seats_taken(world.values()) == [0, 0]


def test_pressing_submit_twice_or_coming_back_later_submits_once(learner, world):
    reference = begin(learner)
    sent = {**fields_of(form_on(learner.get(f"{BASE}/{reference}/check"), "submit")), "agreed": AGREED}
    assert [learner.post(f"{BASE}/{reference}/submit", data=sent).status_code for _ in range(2)] == [303, 303]
    stale = learner.post(f"{BASE}/{reference}/submit", data={**sent, "key": "another press"})
    assert stale.status_code == 409
    assert seats_taken(world.values()) == [1, 1]
    for page in ("check", "sittings", "details"):
        assert learner.get(f"{BASE}/{reference}/{page}").location == f"{BASE}/{reference}"


def test_after_closing_the_draft_says_so(learner, clock):
    reference = begin(learner)
    clock.set(the_window().closes_at)
    answer = press(learner, f"{BASE}/{reference}/check", "submit", agreed=AGREED)
    assert answer.status_code == 422
    assert "12月24日（周四）17:00" in soup(answer).select_one(".errsum").get_text()
    assert "17:00:00（北京时间）收到，未提交成功" in text_of(answer), "half-open: at which second it came is said"
    assert the(reference).state == "draft"


def test_the_photo_is_shown_to_its_own_learner(learner):
    reference = begin(learner)
    answer = learner.get(f"{BASE}/{reference}/photo")
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_withdrawing_says_what_it_means_and_frees_the_seats(learner, world, enrolment):
    reference = a_submitted(enrolment)
    page = text_of(learner.get(f"{BASE}/{reference}/withdraw", headers=EN))
    assert "This cannot be undone." in page
    assert "Seat: your seats are free at once" in page
    assert "Attempt: none is used" in page
    assert press(learner, f"{BASE}/{reference}/withdraw", "withdraw", reason="出差").status_code == 303
    assert (the(reference).state, seats_taken(world.values())) == ("withdrawn", [0, 0])
    assert press(learner, f"{BASE}/{reference}/withdraw", "withdraw").status_code == 422


def test_a_reason_that_cannot_be_kept_is_refused_and_changes_nothing(learner, enrolment):
    reference = a_submitted(enrolment)
    for reason in ("x" * 5000, "\x00"):
        assert press(learner, f"{BASE}/{reference}/withdraw", "withdraw", reason=reason).status_code == 422, reason
        assert the(reference).state == "submitted", reason


def test_a_return_says_what_why_until_when_and_that_the_rest_is_in_order(learner, enrolment):
    reference = a_submitted(enrolment)
    said = ("不是白色", "Not white", "请换用。", "Change it.")
    add_reason("photo", PHOTO.reason_code, "return", *said)
    word_anew("photo", PHOTO.reason_code, "return", ReasonWords(*said, "站在白墙前。", "Stand before a white wall."),
              why="常问", by=a_lead(), now=NOON)
    return_for_correction(reference, [PHOTO, HOURS], by=a_reviewer(), now=the(reference).submitted_at)
    page = text_of(learner.get(f"{BASE}/{reference}", headers=EN))
    for said in ("Correction needed", PHOTO.words, HOURS.words, "Wed 25 Nov, 10:00", "3 days left",
                 "Everything else is in order"):
        assert said in page
    fine = {"ID document", "Name", "Declaration"}
    example = "Stand before a white wall."
    correct = f"{BASE}/{reference}/correct"
    for where in (f"{BASE}/{reference}", correct):
        shown = learner.get(where, headers=EN)
        named = {one.get_text(strip=True) for one in soup(shown).select("main .badge--ok")}
        assert (named & {*fine, "ID photo", "Course hours"}, example in text_of(shown)) == (fine, True), where
    form = form_on(learner.get(correct), "resubmit")
    assert {field["name"] for field in form.find_all("textarea")} == {"hours"}
    refused = press(learner, correct, "resubmit", hours="换了电脑")
    assert refused.status_code == 422
    assert "换了电脑" in refused.get_data(as_text=True)
    assert len(soup(learner.get(correct)).select("figure img")) == 1
    assert soup(learner.get("/identity/photo")).select_one(f"main a[href='{correct}']"), "the way back"
    hand_in_a_new_photo(enrolment)
    pictures = [one["src"] for one in soup(learner.get(correct)).select("figure img")]
    assert len({learner.get(one).data for one in pictures}) == 2, "as submitted, and now"
    answer = press(learner, correct, "resubmit", hours="换了电脑")
    assert "收到时间 2026年11月22日（周日）10:00:00" in text_of(learner.get(answer.location))
    assert the(reference).state == "submitted"
    assert learner.get(correct).location == f"{BASE}/{reference}"


def test_a_rejection_says_why_and_that_one_may_apply_again_or_appeal(learner, enrolment):
    reference = a_submitted(enrolment)
    reject(reference, [FAKE], by=a_reviewer(), now=the(reference).submitted_at)
    page = text_of(learner.get(f"{BASE}/{reference}", headers=EN))
    assert FAKE.words in page
    assert "another person looks at an appeal" in page
    assert "Apply for the exam" not in page, "not after false material"


def test_approved_unpaid_paid_and_given_up_with_the_refund_shown_before(learner, enrolment, world):
    reference = an_approved(enrolment)
    unpaid = text_of(learner.get(f"{BASE}/{reference}", headers=EN))
    assert "Approved, fee to be paid" in unpaid
    assert "Mon 4 Jan, 17:00" in unpaid
    pay(reference)
    assert "Registered" in text_of(learner.get(f"{BASE}/{reference}", headers=EN))
    page = learner.get(f"{BASE}/{reference}/give_up", headers=EN)
    assert "¥480.00" in text_of(page)
    stale = press(learner, f"{BASE}/{reference}/give_up", "give_up", expected_fen="1")
    assert stale.status_code == 422
    assert press(learner, f"{BASE}/{reference}/give_up", "give_up").status_code == 303
    assert (the(reference).state, seats_taken(world.values())) == ("cancelled", [0, 0])


def test_a_flag_changes_nothing_that_the_learner_can_see(learner, enrolment):
    reference = a_submitted(enrolment)
    pages = [BASE, f"{BASE}/{reference}"]
    before = [text_of(learner.get(page)) for page in pages]
    set_flag(reference, "疑似重复", by=a_reviewer(), now=the(reference).submitted_at)
    assert [text_of(learner.get(page)) for page in pages] == before


def test_the_number_of_the_document_stands_on_no_page(learner, enrolment):
    from enroll.learners.models import Learner
    from enroll.storage.database import transaction

    with transaction() as session:
        session.get_one(Learner, enrolment.learner_id).id_number = "110199199003121013"
    reference = begin(learner)
    for page in ("details", "check"):
        assert "110199199003121013" not in learner.get(f"{BASE}/{reference}/{page}").get_data(as_text=True)

