"""The public pages, in both languages, on an installation that is set up and on one that is not."""

from datetime import UTC, datetime
from itertools import product

from icalendar import Calendar

from enroll.learners.models import ConsentText
from enroll.programmes.models import Announcement, Organisation, Window
from enroll.programmes.rules.advertising import STANDING, words_in
from enroll.storage.database import transaction
from tests.builders.programmes import beijing, the_programmes
from tests.conftest import NOON
from tests.pages import fields_of, form_on, soup, text_of

PAGES = ["/", "/programmes", "/programmes/CAIP", "/programmes/AIE", "/eligibility", "/windows", "/windows?lane=resit",
         "/help", "/privacy"]
READS = {"zh": "zh-CN,zh;q=0.9", "en": "en"}


def test_every_page_is_for_everybody_speaks_the_readers_language_and_promises_nothing(client):
    the_programmes()
    for path, language in product(PAGES, READS):
        page = client.get(path, headers={"Accept-Language": READS[language]})
        assert page.status_code == 200, path
        whole = soup(page)
        assert len(whole.find_all("h1")) == 1, path
        assert whole.html["lang"] == {"zh": "zh-CN", "en": "en"}[language]
        text = text_of(page)
        chinese = sum("\u4e00" <= letter <= "\u9fff" for letter in text)
        assert (chinese > 60) is (language == "zh"), f"{path}: {chinese} Chinese letters in {text[:300]}"
        assert words_in(STANDING, text) == (), path


def test_every_page_stands_on_an_installation_without_any_data(client):
    for path in PAGES:
        assert client.get(path).status_code == (404 if path.startswith("/programmes/") else 200), path


def test_the_front_page_shows_the_open_window_and_its_next_deadline(client):
    the_programmes()
    text = text_of(client.get("/"))
    assert "12月24日（周四）17:00" in text
    assert "还有 32 天" in text
    assert "报名中" in text


def test_the_front_page_shows_the_announcements_of_now_and_no_others(client):
    the_programmes()
    with transaction() as session:
        for title, at, withdrawn in (("今日公告", NOON, None), ("明日公告", beijing("2026-11-23 09:00"), None),
                                     ("撤下的公告", NOON, NOON)):
            session.add(Announcement(title_zh=title, body_zh="正文", publish_at=at, withdrawn_at=withdrawn))
    text = text_of(client.get("/"))
    assert "今日公告" in text
    assert "明日公告" not in text
    assert "撤下的公告" not in text


def test_the_comparison_says_who_states_each_figure(client):
    the_programmes()
    rows = {row.th.get_text(" ", strip=True): row for row in soup(client.get("/programmes")).select("tbody tr")}
    assert "官方" in rows["学时"].get_text()
    assert "演示默认值" in rows["合格线"].get_text()
    assert "18 周岁" in rows["年龄"].get_text()
    assert "大专" in rows["学历"].get_text()


def test_what_is_not_there_is_not_found(client):
    the_programmes()
    for path in ("/programmes/NOPE", "/programmes/%00", "/windows.ics?window=209901"):
        assert client.get(path).status_code in {400, 404}


def test_the_programme_page_shows_prices_and_what_comes_back_before_anybody_pays(client):
    the_programmes()
    text = text_of(client.get("/programmes/CAIP"))
    assert "¥480.00" in text
    assert "全额退费截止前" in text
    assert "数据分析与经营决策" in text


def test_the_self_check_answers_for_both_certificates_at_one_address(client):
    the_programmes()
    page = client.get("/eligibility?age=18&education=secondary_voc&computing=no&hours=35&practice=12&direction=yes")
    results = {card["id"]: card.get_text(" ", strip=True) for card in soup(page).select("section[id^=r-]")}
    assert "条件符合" in results["r-CAIP"]
    assert "大专" in results["r-AIE"]
    assert "有条件尚未满足" in results["r-AIE"]


def test_the_self_check_says_what_is_unknown_and_guesses_nothing(client):
    the_programmes()
    text = text_of(client.get("/eligibility?hours="))
    assert "未填写" in text
    assert "条件符合" not in text


def test_hours_that_are_no_number_are_named_beside_the_field(client):
    the_programmes()
    for query in ("hours=abc", "hours=-5", "hours=１２", "hours=9999999999", "practice=1.5"):
        page = client.get(f"/eligibility?{query}")
        assert page.status_code == 200, query
        assert soup(page).select_one(".errsum") is not None, query
        assert not soup(page).select("section[id^=r-]"), query


def test_what_the_form_does_not_offer_counts_as_not_stated(client):
    the_programmes()
    for query in ("age=999&education=kindergarten&direction=maybe&computing=%00", "education=" + "x" * 5000,
                  "age==1%2B1"):
        assert client.get(f"/eligibility?{query}&hours=1").status_code == 200


def test_the_self_check_keeps_nothing_and_asks_for_no_token(client):
    the_programmes()
    page = client.get("/eligibility")
    assert set(fields_of(form_on(page, "/eligibility"))) == {"age", "education", "computing", "hours", "practice",
                                                            "direction"}
    assert "Set-Cookie" not in page.headers


def test_the_calendar_shows_every_date_with_weekday_and_days_left(client):
    the_programmes()
    rows = {row.th.get_text(): row.get_text(" ", strip=True) for row in soup(client.get("/windows")).select(
        "#w202701 tbody tr")}
    assert "2026年12月24日（周四）17:00" in rows["首考报名截止"]
    assert "还有 32 天" in rows["首考报名截止"]
    assert "2027年1月16日（周六）" in rows["考试首日"]


def test_the_resit_lane_shows_its_own_dates(client):
    the_programmes()
    text = text_of(client.get("/windows?lane=resit"))
    assert "2026年12月30日（周三）17:00" in text
    assert "首考报名截止" not in text


def test_a_holiday_that_no_notice_confirms_is_shown_as_such(client):
    the_programmes()
    assert "尚待官方通知确认" in text_of(client.get("/windows"))


def test_the_calendar_file_has_stable_identifiers_and_moves_with_its_window(client):
    the_programmes()
    first = Calendar.from_ical(client.get("/windows.ics").get_data())
    events = {str(event["uid"]): event for event in first.walk("VEVENT")}
    closing = events["202701-closes_at@tx01.enroll"]
    assert closing.decoded("dtstart") == datetime(2026, 12, 24, 9, 0, tzinfo=UTC)
    assert len(closing.walk("VALARM")) == 2
    assert events["202701-exam@tx01.enroll"].decoded("dtstart").isoformat() == "2027-01-16"
    with transaction() as session:
        window = session.query(Window).filter_by(code="202701").one()
        window.closes_at, window.version = beijing("2026-12-25 17:00"), window.version + 1
    second = Calendar.from_ical(client.get("/windows.ics?window=202701").get_data())
    moved = {str(event["uid"]): event for event in second.walk("VEVENT")}
    assert set(moved) == {uid for uid in events if uid.startswith("202701")}
    assert moved["202701-closes_at@tx01.enroll"]["sequence"] == 2


def test_the_calendar_file_is_named_and_typed_for_phones(client):
    the_programmes()
    answer = client.get("/windows.ics?window=202701")
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert "exam-window-202701.ics" in answer.headers["Content-Disposition"]


def test_the_privacy_page_shows_each_text_in_the_version_that_stands(client):
    the_programmes()
    with transaction() as session:
        texts = [("旧版文字", "2026-01-01"), ("现行文字", "2026-06-01"), ("将来文字", "2027-06-01")]
        for version, (text, day) in enumerate(texts, start=1):
            session.add(ConsentText(code="privacy_notice", version=version, kind="notice", asked_when="sign_up",
                                    required=True, title_zh="个人信息处理规则", title_en="Privacy notice", text_zh=text,
                                    text_en="text", from_at=beijing(f"{day} 00:00")))
    text = text_of(client.get("/privacy"))
    assert "现行文字" in text
    assert "旧版文字" not in text
    assert "将来文字" not in text


def test_the_help_says_plainly_what_the_certificate_is_not(client):
    the_programmes()
    text = text_of(client.get("/help"))
    assert "不是国家职业资格" in text
    assert "1,575" in text or "1575" in text
    assert "400-000-0000" in text


def test_every_page_says_who_runs_the_house_and_where_it_is_filed(client):
    the_programmes()
    with transaction() as session:
        session.get(Organisation, 1).registrations = {"icp": "京ICP备00000000号", "police": ""}
    for path in ("/help", "/nowhere"):
        page = client.get(path).get_data(as_text=True)
        assert "示例AI研习社" in page
        assert "400-000-0000" in page
        assert "京ICP备00000000号" in page


def test_a_year_of_six_windows_is_shown_also_where_their_dates_are_still_to_come(client):
    the_programmes()
    for path in ("/", "/windows"):
        cards = [card.get_text(" ", strip=True) for card in soup(client.get(path)).select("li.month")]
        assert [card.split()[0] for card in cards] == ["1月", "3月", "5月", "7月", "9月", "11月"]
        assert sum("日期待发布" in card for card in cards) == 4
