"""The office's pages, pressed as they are served."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.applications.models import ReturnedItem
from enroll.applications.services.claiming import claim
from enroll.applications.services.reviewing import return_for_correction
from enroll.applications.services.submitting import resubmit
from enroll.audit.models import AuditEntry
from enroll.learners.models import Learner, Reason
from enroll.storage.database import db, transaction
from enroll.storage.outbox import OutboxEntry
from tests.applications.test_reviewing import PHOTO, hand_in_a_new_photo
from tests.builders.accounts import an_account
from tests.builders.applicants import a_draft, a_reviewer, a_submitted, an_applicant, an_approved, both_sittings, the
from tests.builders.exams import beijing_time
from tests.builders.study import account_of, learner_of
from tests.conftest import NOON
from tests.pages import fields_of, form_on, press, soup, text_of

LIST = "/staff/applications"
EN = {"Accept-Language": "en"}
LIBRARY = [
    ("photo", "photo_background", "return", "照片背景不是白色", "Photo background is not white"),
    ("hours", "hours_in_doubt", "return", "学时记录有疑点", "Hours in doubt"),
    ("id_document", "fake_material", "reject", "提供虚假或涂改的材料", "False or altered document"),
    ("other", "other", "both", "其他", "Other"),
]


@pytest.fixture
def world(app):
    with transaction() as session:
        session.add_all(Reason(item=item, code=code, outcome=outcome, words_zh=zh, words_en=en, advice_zh="请处理。",
                               advice_en="Please see to it.") for item, code, outcome, zh, en in LIBRARY)
    return both_sittings()


@pytest.fixture
def reviewer(world, sign_in):
    return sign_in(an_account("shenhe1", Role.REVIEWER))


@pytest.fixture
def lead(world, sign_in):
    return sign_in(an_account("zhuguan", Role.REVIEW_LEAD))


def case(reference):
    return f"{LIST}/{reference}"


def decide(browser, reference, **typed):
    return press(browser, case(reference), "decide", **typed)


def listed(page):
    """The references in the order in which the list shows them."""
    return [link["href"].rsplit("/", 1)[1] for link in soup(page).select("tbody th a")]


def test_every_page_opens_in_both_languages(lead):
    waiting, approved = a_submitted(an_applicant("one")), an_approved(an_applicant("two"))
    for path in (LIST, *[f"{LIST}?tab={tab}" for tab in ("returned", "unpaid", "all")], f"{LIST}/notice",
                 f"{LIST}/notice?tab=unpaid", case(waiting), f"{case(waiting)}?file=id_back&zoom=200&turn=270",
                 case(approved), f"{case(approved)}/cancel"):
        for language in ("zh", "en"):
            page = lead.get(path, headers={"Accept-Language": language})
            assert page.status_code == 200, (path, language)
            assert len(soup(page).find_all("h1")) == 1, (path, language)


@pytest.mark.one_database
def test_visitors_learners_and_other_staff_do_not_get_in(client, world, sign_in):
    reference = a_submitted(an_applicant())
    paths = [LIST, f"{LIST}/notice", f"{LIST}/next", case(reference), f"{case(reference)}/cancel"]
    assert {client.get(path).status_code for path in paths} == {303}
    for role in (Role.LEARNER, Role.FINANCE, Role.ADMINISTRATOR):
        sign_in(an_account(str(role), role))
        assert {client.get(path).status_code for path in paths} == {403}


def test_a_reviewer_does_not_do_what_a_lead_does(reviewer):
    reference = an_approved(an_applicant())
    assert reviewer.get(f"{case(reference)}/cancel").status_code == 403
    page = soup(reviewer.get(case(reference)))
    assert not [form for form in page.find_all("form") if str(form.get("action")).endswith(("reopen", "extend"))]


def test_what_is_not_there_is_not_found(reviewer):
    paths = ["/A2701-9999", "/A2701-0001/files/aaaaaaaaaaaaaaaaaaaaaa", "/0", "/%00", "/x" * 90]
    assert {path: reviewer.get(LIST + path).status_code for path in paths} == dict.fromkeys(paths, 404)


def test_a_draft_is_the_learners_own_affair(reviewer):
    reference = a_draft(an_applicant())
    assert reviewer.get(case(reference)).status_code == 404
    assert listed(reviewer.get(f"{LIST}?tab=all")) == []


def test_the_list_shows_what_is_due_first_and_pages_by_key(reviewer):
    late = a_submitted(an_applicant("late"), now=NOON - timedelta(days=5))
    soon = a_submitted(an_applicant("soon"))
    assert listed(reviewer.get(LIST)) == [late, soon]
    assert "1 on this page is overdue" in text_of(reviewer.get(LIST, headers=EN))
    assert reviewer.get(f"{LIST}/next").location == case(late)


def test_the_list_pages_by_key_without_losing_or_doubling_anybody(app, world):
    from enroll.applications.queries.queue import Filter, Tab, applications_in

    references = [a_submitted(an_applicant(f"learner{number}")) for number in range(5)]
    for tab in (Tab.REVIEW, Tab.ALL):
        seen, after = [], ""
        while True:
            found = applications_in(db.session(), Filter(tab), after=after, size=2)
            seen += [one.reference for one in found.rows]
            after = found.after
            if not after:
                break
        assert sorted(seen) == references
    assert applications_in(db.session(), Filter(Tab.REVIEW), after="x-y").rows


SEARCHES = {
    "q=A2701-0001": True, "q=a2701-0001": True, "q=张": False, "q=张伟": True, "q=110199199003121013": True,
    "q=11019919900312101": False, "q=%25": False, "q=' OR 1=1": False, "window=202701": True, "window=202611": False,
    "kind=resit": False, "kind=first": True, "mine=y": False,
}


def test_the_list_is_searched_and_filtered(reviewer):
    from enroll.learners.queries.people import number_key

    enrolment = an_applicant()
    with transaction() as session:
        session.get_one(Learner, enrolment.learner_id).id_number_key = number_key("resident_id", "110199199003121013")
    reference = a_submitted(enrolment)
    wrong = []
    for query, found in SEARCHES.items():
        page = reviewer.get(f"{LIST}?{query}")
        if page.status_code != 200 or listed(page) != ([reference] if found else []):
            wrong.append((query, page.status_code, listed(page)))
    assert wrong == []


def test_mine_are_those_i_claimed_or_returned(reviewer):
    reference, other = a_submitted(an_applicant("one")), a_submitted(an_applicant("two"))
    assert press(reviewer, case(reference), "claim").status_code == 303
    claim(other, by=a_reviewer("else"), now=NOON)
    assert listed(reviewer.get(f"{LIST}?mine=y")) == [reference]
    assert "else is working on it" in text_of(reviewer.get(LIST, headers=EN))


def test_the_case_shows_exceptions_first_and_folds_what_passed(reviewer):
    reference = a_submitted(an_applicant())
    page = soup(reviewer.get(case(reference), headers=EN))
    exceptions = page.select_one("ul.checks").get_text(" ")
    assert "ID photo handed in and checked" in exceptions
    assert "hours credited" not in exceptions
    assert "36 hours credited" in page.select_one("details ul.checks").get_text(" ")


def test_the_number_is_masked_until_somebody_looks_and_the_look_is_on_record(reviewer):
    enrolment = an_applicant(id_number="110199199003121013", id_number_mask="110***********1013")
    reference = a_submitted(enrolment)
    assert "110199199003121013" not in reviewer.get(case(reference)).get_data(as_text=True)
    shown = press(reviewer, case(reference), "reveal", reason="核对影像")
    assert "110199199003121013" in text_of(shown)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "learner.reveal_number")).one()
    assert entry.details["reason"] == f"{reference} 核对影像"
    assert "110199" not in str(entry.details)
    assert "110199199003121013" not in reviewer.get(case(reference)).get_data(as_text=True)


def test_pictures_are_those_of_the_case_and_of_no_other(reviewer):
    mine, other = a_submitted(an_applicant("one")), a_submitted(an_applicant("two"))
    address = soup(reviewer.get(case(mine))).select_one(".doc__view img")["src"]
    assert reviewer.get(address).status_code == 200
    assert reviewer.get(address.replace(mine, other)).status_code == 404


def test_approving_accepts_the_photo_and_opens_the_next_case(reviewer):
    first, second = a_submitted(an_applicant("one")), a_submitted(an_applicant("two"))
    refused = decide(reviewer, first, decision="approve")
    assert refused.status_code == 422
    assert the(first).state == "submitted"
    answer = decide(reviewer, first, decision="approve", accept_photo="y")
    assert (answer.status_code, answer.location) == (303, case(second))
    assert the(first).state == "approved"
    assert decide(reviewer, second, decision="approve", accept_photo="y", then="stay").location == case(second)


def test_a_return_takes_the_librarys_words_or_the_reviewers_own(reviewer):
    reference = a_submitted(an_applicant())
    answer = decide(reviewer, reference, decision="return", words_hours="两台设备同时计时，请说明。",
                    return_reasons=["photo:photo_background", "hours:hours_in_doubt"])
    assert answer.location == LIST, "nothing else waits"
    words = {row.item: row.words for row in db.session.scalars(select(ReturnedItem))}
    assert words == {"photo": "照片背景不是白色。请处理。", "hours": "两台设备同时计时，请说明。"}
    assert the(reference).correct_by == beijing_time("2026-11-25 10:00")


def test_a_decision_that_is_none_changes_nothing_and_keeps_what_was_typed(reviewer):
    reference = a_submitted(an_applicant())
    for typed in (
        {}, {"decision": "approve_resit"}, {"decision": "return"}, {"decision": "reject"},
        {"decision": "return", "return_reasons": ["shoes:dirty"]}, {"decision": "return", "return_reasons": ["=1+1"]},
        {"decision": "return", "return_reasons": ["photo:photo_background"], "words_photo": "x" * 5000},
        {"decision": "return", "return_reasons": ["photo:photo_background"], "words_photo": "a\x00b"},
    ):
        answer = decide(reviewer, reference, **typed)
        assert answer.status_code == 422, typed
        assert the(reference).state == "submitted", typed
        assert len(soup(answer).find_all("h1")) == 1, typed


def test_a_rejection_is_shown_as_the_learner_will_read_it_before_it_goes_out(reviewer):
    reference = a_submitted(an_applicant())
    preview = decide(reviewer, reference, decision="reject", reject_reasons=["id_document:fake_material"])
    assert preview.status_code == 200
    assert "提供虚假或涂改的材料。请处理。" in text_of(preview)
    assert the(reference).state == "submitted"
    sent = fields_of(form_on(preview, "decide"))
    assert reviewer.post(f"{case(reference)}/decide", data=sent).status_code == 303
    assert the(reference).state == "rejected"


def test_the_moves_have_addresses_of_their_own(reviewer):
    reference = a_submitted(an_applicant())
    sent = fields_of(form_on(reviewer.get(case(reference)), "decide")) | {"accept_photo": "y"}
    assert reviewer.post(f"{case(reference)}/approve", data=sent).status_code == 303
    assert the(reference).state == "approved"


def test_without_a_token_nothing_is_decided_and_a_second_press_is_no_second_act(reviewer):
    reference = a_submitted(an_applicant())
    assert decide(reviewer, reference, decision="approve", accept_photo="y", csrf_token=None).status_code == 419
    sent = fields_of(form_on(reviewer.get(case(reference)), "decide")) | {"decision": "approve", "accept_photo": "y"}
    answers = [reviewer.post(f"{case(reference)}/decide", data=sent) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    moved = db.session.scalars(select(OutboxEntry.details).where(
        OutboxEntry.event == "ApplicationMoved").order_by(OutboxEntry.id)).all()
    assert [one["move"] for one in moved] == ["submit", "approve"]


def test_an_old_tab_is_told_that_the_case_moved_on(app, reviewer, sign_in):
    reference = a_submitted(an_applicant())
    sent = fields_of(form_on(reviewer.get(case(reference)), "decide")) | {"decision": "approve", "accept_photo": "y"}
    other = sign_in(an_account("shenhe2", Role.REVIEWER), app.test_client())
    assert decide(other, reference, decision="approve", accept_photo="y").status_code == 303
    stale = reviewer.post(f"{case(reference)}/decide", data=sent)
    assert stale.status_code == 409
    assert "shenhe2" in soup(stale).select_one(".errsum").get_text()
    without_version = reviewer.post(f"{case(reference)}/decide", data={**sent, "version": ""})
    assert without_version.status_code == 409
    assert "shenhe2" in soup(without_version).select_one(".errsum").get_text()


def test_somebody_elses_claim_is_named_and_a_lead_takes_it_over(app, reviewer, sign_in):
    reference = a_submitted(an_applicant())
    claim(reference, by=a_reviewer("first"), now=NOON)
    page = text_of(reviewer.get(case(reference), headers=EN))
    assert "first is working on this case until Sun 22 Nov, 10:20" in page
    assert "Take the case over" not in page
    assert decide(reviewer, reference, decision="approve", accept_photo="y").status_code == 409
    lead = sign_in(an_account("zhuguan", Role.REVIEW_LEAD), app.test_client())
    assert press(lead, case(reference), "claim").status_code == 303
    assert press(lead, case(reference), "release").status_code == 303
    assert the(reference).claimed_by_id is None


def test_a_resubmission_shows_old_and_new_side_by_side(reviewer):
    enrolment = an_applicant()
    reference = a_submitted(enrolment)
    return_for_correction(reference, [PHOTO], by=a_reviewer("returner"), now=NOON)
    hand_in_a_new_photo(enrolment)
    with transaction() as session:
        session.get_one(Learner, enrolment.learner_id).employer = "新单位"
    resubmit(reference, {}, by=learner_of(enrolment), now=NOON)
    page = soup(reviewer.get(case(reference), headers=EN))
    assert [one.get_text() for one in page.select(".diff del, .diff ins")] == ["示例科技（北京）有限公司", "新单位"]
    pair = [one["src"] for one in page.select("figure img[width='148']")]
    assert len(set(pair)) == 2
    assert [reviewer.get(one).status_code for one in pair] == [200, 200]


def test_a_reviewer_sees_no_decision_on_their_own_application(app, world, sign_in):
    enrolment = an_applicant()
    reference = a_submitted(enrolment)
    own = an_account("both", Role.REVIEWER)
    with transaction() as session:
        session.get_one(Learner, enrolment.learner_id).account_id = own.id
    page = sign_in(own).get(case(reference))
    assert not [form for form in soup(page).find_all("form") if str(form.get("action")).endswith("decide")]


def test_the_notice_for_the_group_masks_names_and_says_what_by_when_and_where(reviewer):
    reference = a_submitted(an_applicant())
    return_for_correction(reference, [PHOTO], by=a_reviewer("returner"), now=NOON)
    page = soup(reviewer.get(f"{LIST}/notice?tab=returned"))
    text = page.select_one("textarea").get_text()
    assert f"张*（{reference}）：11月25日（周三）10:00前" in text
    assert "张伟" not in text
    assert text.endswith("http://localhost/applications")
    assert page.select_one("h1")
    assert soup(reviewer.get(f"{LIST}/notice?tab=unpaid")).select_one("textarea") is None


def test_a_flag_is_set_seen_and_cleared(reviewer):
    reference = a_submitted(an_applicant())
    assert press(reviewer, case(reference), "flag", words="疑似重复").status_code == 303
    assert "疑似重复" in text_of(reviewer.get(case(reference)))
    assert press(reviewer, case(reference), "flag", words="").status_code == 303
    assert the(reference).flagged == ""


def test_a_lead_looks_again_gives_time_and_cancels(lead):
    reference = an_approved(an_applicant())
    assert press(lead, case(reference), "reopen", reason=" ").status_code == 422
    assert press(lead, case(reference), "reopen", reason="抽查").status_code == 303
    assert the(reference).state == "submitted"
    assert decide(lead, reference, decision="approve").status_code == 303
    more = {"name": "payment_due_at", "until": "2027-01-05T12:00", "reason": "住院"}
    assert press(lead, case(reference), "extend", **{**more, "until": "2027-02-01T12:00"}).status_code == 422
    assert press(lead, case(reference), "extend", **more).status_code == 303
    assert the(reference).payment_due_at == beijing_time("2027-01-05 12:00")
    assert press(lead, f"{case(reference)}/cancel", "cancel", cause="misconduct", reason=" ").status_code == 422
    assert press(lead, f"{case(reference)}/cancel", "cancel", cause="misconduct", reason="替考").status_code == 303
    assert the(reference).state == "cancelled"


def test_the_learner_reads_the_words_of_their_language(reviewer):
    enrolment = an_applicant()
    with transaction():
        account_of(enrolment).language = "en"
    reference = a_submitted(enrolment)
    decide(reviewer, reference, decision="return", return_reasons=["photo:photo_background"])
    words = db.session.scalars(select(ReturnedItem.words)).one()
    assert words == "Photo background is not white. Please see to it."


def test_an_auditor_reads_every_page_of_the_desk_and_finds_nothing_to_press(world, app, sign_in):
    reference = a_submitted(an_applicant())
    auditor = sign_in(an_account("shenji", Role.AUDITOR), app.test_client())
    case = f"/staff/applications/{reference}"
    for address in ("/staff/applications", "/staff/applications/opinions", "/staff/applications/spot-checks",
                    "/staff/applications/exceptions", "/staff/applications/duplicates", "/staff/applications/reasons",
                    "/staff/applications/figures", "/staff/applications/notice", case, f"{case}/colleagues"):
        page = auditor.get(address)
        assert page.status_code == 200, address
        assert not [form["action"] for form in soup(page).select("main form[method=post]")], address
        for link in soup(page).select("main a[href^='/staff/applications']"):
            answer = auditor.get(link["href"])
            assert answer.status_code == 200, f"{address} leads to {link['href']}, which refuses"
            answer.close()
    for act in ("claim", "decide", "notes", "opinions", "flag", "reopen", "reveal"):
        assert auditor.post(f"{case}/{act}").status_code in {400, 403, 419}, act
