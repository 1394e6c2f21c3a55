"""The exam officer's windows, the administrator's settings, the announcements."""

from collections import defaultdict
from datetime import date
from itertools import product

import pytest
from sqlalchemy import func, select

from enroll.accounts.permissions import Role
from enroll.programmes.models import Announcement, FeeItem, Holiday, Organisation, Programme, ProgrammeRule, Window
from enroll.storage.database import transaction
from tests.builders.accounts import an_account
from tests.builders.programmes import a_window, beijing, the_programmes
from tests.pages import fields_of, form_on, press, soup, text_of

PAGES = {
    "/staff/windows": Role.EXAM_OFFICER, "/staff/windows/202701": Role.EXAM_OFFICER,
    "/staff/windows/new": Role.EXAM_OFFICER, "/staff/windows/new?starts_on=2027-05-22": Role.EXAM_OFFICER,
    "/staff/windows/202701/cancel": Role.EXAM_OFFICER,
    "/staff/settings": Role.ADMINISTRATOR, "/staff/settings/programmes/CAIP": Role.ADMINISTRATOR,
    "/staff/settings/programmes/AIE": Role.ADMINISTRATOR,
    "/staff/settings/programmes/CAIP/required_hours": Role.ADMINISTRATOR,
    "/staff/settings/programmes/CAIP/pass_mark.theory": Role.ADMINISTRATOR,
    "/staff/settings/programmes/CAIP/min_education": Role.ADMINISTRATOR,
    "/staff/settings/programmes/CAIP/directions": Role.ADMINISTRATOR,
    "/staff/settings/programmes/CAIP/single_device": Role.ADMINISTRATOR,
    "/staff/settings/prices/exam_first": Role.ADMINISTRATOR, "/staff/settings/organisation": Role.ADMINISTRATOR,
    "/staff/settings/holidays": Role.ADMINISTRATOR, "/staff/announcements": Role.ADMINISTRATOR,
    "/staff/announcements/new": Role.ADMINISTRATOR,
}


@pytest.fixture
def officer(app, sign_in):
    the_programmes()
    return sign_in(an_account("kaowu", Role.EXAM_OFFICER))


@pytest.fixture
def administrator(app, sign_in):
    the_programmes()
    return sign_in(an_account("admin", Role.ADMINISTRATOR))


def a_draft(code="202705", **changes):
    with transaction() as session:
        programme = session.scalars(select(Programme).where(Programme.code == "CAIP")).one()
        a_window(session, programme, code, date(2027, 5, 22), state="draft", **changes)


def test_every_page_opens_for_its_role_in_both_languages(app, sign_in):
    the_programmes()
    browsers = {role: sign_in(an_account(str(role), role), app.test_client()) for role in set(PAGES.values())}
    for (path, role), language in product(PAGES.items(), ("zh", "en")):
        page = browsers[role].get(path, headers={"Accept-Language": language})
        assert page.status_code == 200, (path, language)
        assert len(soup(page).find_all("h1")) == 1, (path, language)


def test_what_is_not_there_is_not_found(client, sign_in):
    the_programmes()
    sign_in(an_account("all", Role.EXAM_OFFICER, Role.ADMINISTRATOR))
    for path in ("/staff/windows/209901", "/staff/windows/209901/cancel", "/staff/windows/209901/edit",
                 "/staff/settings/programmes/NOPE", "/staff/settings/programmes/CAIP/nonsense"):
        assert client.get(path).status_code == 404, path


def test_a_window_is_proposed_kept_and_published_through_the_pages(officer, session):
    kept = press(officer, "/staff/windows/new?starts_on=2027-07-24", "/staff/windows/new")
    assert kept.status_code == 303
    assert kept.location.endswith("/staff/windows/202707")
    published = press(officer, "/staff/windows/202707", "/staff/windows/202707/publish")
    assert published.status_code == 303
    assert session.scalars(select(Window.state).where(Window.code == "202707")).one() == "published"
    assert "条款" in text_of(officer.get("/staff/windows/202707"))


def test_a_window_with_dates_out_of_order_says_which_and_stays_a_draft(officer, session):
    a_draft(seating_by=beijing("2027-05-01 09:00"))
    page = officer.get("/staff/windows/202705")
    dead = soup(page).select_one("button[aria-disabled=true]")
    assert dead is not None
    assert "考场编排完成" in text_of(page)


def test_the_dates_of_a_draft_are_changed_and_bad_ones_are_named_beside_their_field(officer, session):
    a_draft()
    bad = press(officer, "/staff/windows/202705/edit", closes_at="2027-13-01T00:00", ticket_from="", ends_on="soon")
    assert bad.status_code == 422
    assert soup(bad).select_one("#closes_at-e") is not None
    assert fields_of(form_on(bad, "/staff/windows/202705/edit"))["closes_at"] == "2027-13-01T00:00"
    good = press(officer, "/staff/windows/202705/edit", closes_at="2027-04-29T17:00", note="假期提前")
    assert good.status_code == 303
    window = session.scalars(select(Window).where(Window.code == "202705")).one()
    assert (window.closes_at, window.note, window.version) == (beijing("2027-04-29 17:00"), "假期提前", 2)


def test_an_old_tab_that_plans_a_changed_draft_gets_409_and_keeps_what_was_typed(officer, session):
    a_draft()
    old = fields_of(form_on(officer.get("/staff/windows/202705/edit"), "/edit"))
    press(officer, "/staff/windows/202705/edit", note="先到")
    answer = officer.post("/staff/windows/202705/edit", data=old | {"note": "后到的说明"})
    assert answer.status_code == 409
    assert "后到的说明" in answer.get_data(as_text=True)
    assert session.scalars(select(Window.note).where(Window.code == "202705")).one() == "先到"


def test_a_press_twice_publishes_once(officer, session):
    a_draft()
    sent = fields_of(form_on(officer.get("/staff/windows/202705"), "/publish"))
    first, second = (officer.post("/staff/windows/202705/publish", data=sent) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert session.scalars(select(Window.version).where(Window.code == "202705")).one() == 2


def test_a_published_date_is_moved_with_a_reason(officer, session):
    form = "/staff/windows/202701/dates"
    late = officer.get(f"{form}?name=closes_at&to=2026-12-24T16:00&reason=故障")
    assert "只能顺延" in text_of(late)
    assert "告知所有人" not in text_of(late), "what is refused cannot be pressed"
    moved = press(officer, f"{form}?name=closes_at&to=2026-12-25T17:00&reason=故障", f"{form}/move")
    assert moved.status_code == 303
    assert session.scalars(select(Window.closes_at).where(Window.code == "202701")).one() == beijing("2026-12-25 17:00")


def test_cancelling_asks_for_a_reason_first(officer, session):
    assert press(officer, "/staff/windows/202701/cancel", reason="").status_code == 422
    assert press(officer, "/staff/windows/202701/cancel", reason="发证机构取消").status_code == 303
    assert session.scalars(select(Window.state).where(Window.code == "202701")).one() == "cancelled"


def test_a_figure_of_every_kind_is_set_from_a_day_on(administrator, session):
    for key, typed, kept in (
        ("required_hours", "36", 36), ("single_device", "no", False), ("max_resits", "", None),
        ("hours_at_submit", "credited", "credited"), ("window_months", ["1", "7"], [1, 7]),
        ("max_playback_rate", "1.5", 1.5), ("photo.background", "#EEEEEE", "#EEEEEE"), ("pass_mark.theory", "65", 65),
    ):
        answer = press(administrator, f"/staff/settings/programmes/CAIP/{key}", value=typed, from_on="2026-12-01",
                       source="会议纪要 2026-11-20")
        assert answer.status_code == 303, key
        session.rollback()
        rows = session.scalars(select(ProgrammeRule).where(ProgrammeRule.key == key).order_by(ProgrammeRule.id)).all()
        assert (len(rows), rows[-1].value, rows[-1].official) == (2, kept, False)


def test_refund_rules_are_read_as_a_list_and_entered_field_by_field(administrator, session):
    at = "/staff/settings/programmes/CAIP/exam_refund_rules"
    shown = text_of(administrator.get("/staff/settings/programmes/CAIP"))
    assert "全额退费截止前: 100 %" in shown
    assert '"percent"' not in shown
    english = administrator.get("/staff/settings/programmes/CAIP", headers={"Accept-Language": "en"})
    assert "In time: 100 %" in text_of(english)
    day = {"from_on": "2026-12-01", "source": "会议纪要 2026-11-20"}
    wrong = press(administrator, at, **day, **{"value-0-percent": "101", "value-1-when_zh": ""})
    assert wrong.status_code == 422
    assert [one["id"] for one in soup(wrong).select("p.err")] == ["value-0-percent-e", "value-1-when_zh-e"]
    assert soup(wrong).find("input", id="value-0-percent")["value"] == "101", "nothing typed is lost"
    forged = press(administrator, at, **day, **{"value-0-code": "everything"})
    assert forged.status_code == 400
    assert press(administrator, at, **day, **{"value-0-percent": "80"}).status_code == 303
    session.rollback()
    kept = session.scalars(select(ProgrammeRule.value).where(ProgrammeRule.key == "exam_refund_rules").order_by(
        ProgrammeRule.id.desc())).first()
    assert (kept[0]["percent"], kept[0]["when"]["zh"]) == (80, "全额退费截止前")


def test_figures_of_several_parts_are_entered_field_by_field_and_begin_with_those_of_now(administrator, session):
    at, day = "/staff/settings/programmes/CAIP", {"from_on": "2026-12-01", "source": "会议纪要 2026-11-20"}
    for key, typed in (
        ("presence_check_minutes", {"value_0": "25"}), ("unusual_study", {"value_night_until": "6"}),
        ("window_calendar", {"days_closes_at": "-25", "at_closes_at": "18:00", "working_closes_at": ""}),
        ("directions", {"value-0-minutes": "321", "value-0-roles_zh": "甲\n乙", "value-0-roles_en": "A\nB",
                        "value-0-path_zh": "丙", "value-0-path_en": ""}),
    ):
        page = administrator.get(f"{at}/{key}")
        assert "JSON" not in text_of(page), key
        assert press(administrator, f"{at}/{key}", **day, **typed).status_code == 303, key
    session.rollback()
    kept = defaultdict(list)
    for one in session.scalars(select(ProgrammeRule).order_by(ProgrammeRule.id)):
        kept[one.key].append(one.value)
    assert kept["presence_check_minutes"][-1] == [25, 30]
    assert kept["unusual_study"][-1] == kept["unusual_study"][0] | {"night_until": 6}
    assert kept["window_calendar"][-1]["offsets"]["closes_at"] == [-25, "18:00", False]
    assert kept["window_calendar"][-1]["offsets"]["opens_at"] == [-61, "09:00", True]
    before, after = (rows[0] for rows in (kept["directions"][0], kept["directions"][-1]))
    assert (after["minutes"], after["roles"]) == (321, [{"zh": "甲", "en": "A"}, {"zh": "乙", "en": "B"}])
    assert (after["code"], after["path"]) == (before["code"], ["丙"])
    assert '"minutes"' not in text_of(administrator.get(at))


def test_a_figure_that_does_not_fit_is_refused_and_nothing_is_kept(administrator, session):
    before = session.scalar(select(func.count(ProgrammeRule.id)))
    for key, change in (
        ("required_hours", {"value": "thirty"}), ("required_hours", {"value": ""}), ("required_hours", {"source": ""}),
        ("required_hours", {"from_on": "2026-11-21"}), ("required_hours", {"from_on": "tomorrow"}),
        ("required_hours", {"value": "3" * 5000}), ("window_months", {"value": ["1", "13"]}),
        ("window_months", {"value": []}), ("presence_check_minutes", {"value_0": "30", "value_1": "20"}),
        ("unusual_study", {"value_night_from": "24"}), ("window_calendar", {"days_closes_at": "x"}),
        ("window_calendar", {"at_closes_at": "25:00"}), ("directions", {"value-0-minutes": "0"}),
        ("directions", {"value-0-roles_en": "one\ntwo"}),
        ("hours_at_submit", {"value": "all"}), ("single_device", {"value": "x"}),
        ("photo.background", {"value": "a\x00b"}), ("required_hours", {"source": "\x00"}),
    ):
        typed = {"value": "36", "from_on": "2026-12-01", "source": "会议纪要"} | change
        answer = press(administrator, f"/staff/settings/programmes/CAIP/{key}", **typed)
        assert answer.status_code == 422, (key, change)
        assert soup(answer).select_one(".errsum") is not None
    session.rollback()
    assert session.scalar(select(func.count(ProgrammeRule.id))) == before


def test_an_auditor_reads_the_settings_and_changes_none(client, sign_in):
    the_programmes()
    sign_in(an_account("shenji", Role.AUDITOR))
    assert client.get("/staff/settings/programmes/CAIP").status_code == 200
    assert client.get("/staff/settings/programmes/CAIP/required_hours").status_code == 403


def test_a_price_is_yuan_with_two_decimals_and_nothing_else(administrator, session):
    address = "/staff/settings/prices/exam_first"
    for amount in ("-1", "５００", "1,000", "1e3", "", "=1+1", "500.005", "9999999"):
        refused = press(administrator, address, amount=amount, from_on="2026-12-01", source="x")
        assert refused.status_code == 422, amount
    for day, amount in enumerate(("500", "500.00", "500.5"), start=1):
        kept = press(administrator, address, amount=amount, from_on=f"2026-12-0{day}", source="x")
        assert kept.status_code == 303, amount
    session.rollback()
    prices = session.scalars(select(FeeItem.amount_fen).where(FeeItem.code == "exam_first").order_by(FeeItem.id)).all()
    assert prices == [48000, 50000, 50000, 50050]


def test_the_organisation_is_changed_and_every_page_says_so(administrator, session):
    answer = press(administrator, "/staff/settings/organisation", full_name="新名称研习社", telephone="400-111-2222",
                   icp="京ICP备00000000号")
    assert answer.status_code == 303
    row = session.get(Organisation, 1)
    assert (row.name, row.registrations["icp"]) == ("新名称研习社", "京ICP备00000000号")
    assert "400-111-2222" in text_of(administrator.get("/help"))


def test_holidays_are_added_and_confirmed_as_the_notice_says(administrator, session):
    added = press(administrator, "/staff/settings/holidays", "/staff/settings/holidays", title="清明节",
                  from_on="2027-04-03", until_on="2027-04-05")
    assert added.status_code == 303
    number = session.scalars(select(Holiday.id).where(Holiday.name == "元旦")).one()
    prefix = f"h{number}-"
    confirmed = press(administrator, "/staff/settings/holidays", f"/staff/settings/holidays/{number}/confirm",
                      **{f"{prefix}until_on": "2027-01-02"})
    assert confirmed.status_code == 303
    row = session.get(Holiday, number)
    assert (row.confirmed, row.until_on.isoformat()) == (True, "2027-01-02")
    worked = press(administrator, "/staff/settings/holidays", "/staff/settings/workdays", on="2027-01-09")
    assert worked.status_code == 303
    again = press(administrator, "/staff/settings/holidays", "/staff/settings/workdays", on="2027-01-09")
    assert again.status_code == 422
    assert "已在表中" in text_of(again)


def test_an_announcement_is_written_checked_and_taken_down(administrator, session):
    bad = press(administrator, "/staff/announcements/new", title_zh="喜报：全员通过", body_zh="正文",
                publish_at="2026-11-22T10:00")
    assert bad.status_code == 422
    assert "喜报" in text_of(bad)
    good = press(administrator, "/staff/announcements/new", title_zh="报名通知", body_zh="正文",
                 publish_at="2026-11-22T10:00")
    assert good.status_code == 303
    assert "报名通知" in text_of(administrator.get("/"))
    number = session.scalars(select(Announcement.id)).one()
    assert press(administrator, "/staff/announcements", f"/{number}/withdraw").status_code == 303
    assert "报名通知" not in text_of(administrator.get("/"))


def test_the_page_of_a_window_tells_its_history_with_the_dates_that_were_moved(officer):
    form = "/staff/windows/202701/dates"
    press(officer, f"{form}?name=closes_at&to=2026-12-25T17:00&reason=系统故障", f"{form}/move")
    text = text_of(officer.get("/staff/windows/202701"))
    assert "日期已顺延" in text
    assert "首考报名截止: 系统故障" in text
