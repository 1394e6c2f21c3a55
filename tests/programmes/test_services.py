"""Figures by day, windows and their frozen terms, announcements: on both databases."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.audit.models import AuditEntry
from enroll.foundation.problems import NotFound, Refused, Stale
from enroll.programmes.models import Announcement, Window, WindowMove
from enroll.programmes.queries.programmes import entry_rules_at, prices_at, rules_at
from enroll.programmes.queries.windows import (
    announcements,
    next_window_for,
    open_window_for,
    published_window,
    window_by_code,
    windows_published,
    working_calendar,
)
from enroll.programmes.rules.figures import RuleMissing
from enroll.programmes.rules.windows import Lane
from enroll.programmes.services.announcements import add_announcement, withdraw_announcement
from enroll.programmes.services.settings import (
    add_holiday,
    add_programme,
    add_workday,
    change_price,
    confirm_holiday,
    set_organisation,
    set_price,
    set_rule,
)
from enroll.programmes.services.windows import add_window, cancel_window, move_date, plan_window, publish_window
from enroll.storage.database import transaction
from enroll.storage.outbox import OutboxEntry
from tests.at_once import at_once
from tests.builders.accounts import an_actor
from tests.builders.programmes import (
    FIGURES,
    a_programme,
    a_window,
    beijing,
    some_dates,
    the_programmes,
)
from tests.conftest import NOON

SOON = date(2026, 12, 1)


@pytest.fixture
def officer(app):
    return an_actor("kaowu", Role.EXAM_OFFICER)


@pytest.fixture
def administrator(app):
    return an_actor("admin", Role.ADMINISTRATOR)


def caip():
    with transaction() as session:
        a_programme(session)


def set_hours(value, from_on, by, **more):
    set_rule("CAIP", "required_hours", value, from_on, **({"official": True, "source": "通知"} | more), by=by, now=NOON)


def test_a_figure_changes_from_its_day_on_and_the_old_one_keeps_its_time(session, administrator):
    caip()
    set_hours(40, SOON, administrator)
    assert rules_at(session, "CAIP", date(2026, 11, 30)).required_hours == 35
    assert rules_at(session, "CAIP", SOON).required_hours == 40


def test_rules_are_read_once_and_again_after_a_change_and_one_taken_back_leaves_nothing(session, administrator):
    caip()
    assert rules_at(session, "CAIP", SOON).required_hours == 35
    assert rules_at(session, "CAIP", SOON) is rules_at(session, "CAIP", SOON)

    def change_two_and_fail():
        with transaction() as changing:
            for hours, day in ((40, SOON), (41, SOON + timedelta(days=1))):
                set_hours(hours, day, administrator)
                assert rules_at(changing, "CAIP", day).required_hours == hours
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_two_and_fail()
    assert rules_at(session, "CAIP", SOON + timedelta(days=1)).required_hours == 35
    set_hours(42, SOON, administrator)
    assert rules_at(session, "CAIP", SOON).required_hours == 42


def test_a_second_value_from_the_same_day_is_refused_and_the_first_stays(session, administrator):
    caip()
    set_hours(40, SOON, administrator)
    with pytest.raises(Refused) as refused:
        set_hours(45, SOON, administrator)
    assert refused.value.codes == {"already_dated"}
    assert rules_at(session, "CAIP", SOON).required_hours == 40


def test_a_figure_without_sense_or_source_is_refused(app, administrator):
    caip()
    for change, code in (({"key": "nonsense"}, "rule_unknown"), ({"value": "many"}, "value_does_not_fit"),
                         ({"source": "  "}, "source_missing")):
        given = {"key": "required_hours", "value": 36, "source": "通知"} | change
        with pytest.raises(Refused) as refused:
            set_rule("CAIP", given["key"], given["value"], SOON, True, given["source"], by=administrator, now=NOON)
        assert refused.value.codes == {code}


def test_a_group_of_figures_is_set_at_once_or_not_at_all(session, administrator):
    caip()
    set_rule("CAIP", "pass_mark", {"theory": 65, "practical": 70}, SOON, False, "假设", by=administrator, now=NOON)
    marks = rules_at(session, "CAIP", SOON).pass_marks
    assert (marks.theory, marks.practical, marks.full) == (650, 700, 1000)
    with pytest.raises(Refused):
        set_rule("CAIP", "pass_mark", {"theory": 66, "practical": "x"}, SOON + timedelta(days=1), False, "假设",
                 by=administrator, now=NOON)
    assert rules_at(session, "CAIP", SOON + timedelta(days=1)).pass_marks.theory == 650


def test_a_loader_can_set_every_figure_one_by_one(session, administrator):
    add_programme("CAIP", 2026, "人工智能职场应用师", "CAIP", by=administrator, now=NOON, enrolment_open=True)
    for key, value in FIGURES.items():
        set_rule("CAIP", key, value, date(2026, 1, 1), False, "演示默认值", by=administrator, now=NOON)
    assert rules_at(session, "CAIP", SOON).max_resits is None


def test_a_programme_without_figures_says_which_are_missing_and_still_stands_in_the_comparison(session, administrator):
    add_programme("AIE", 2026, "AI 工程师", "AI engineer", by=administrator, now=NOON)
    with pytest.raises(RuleMissing, match="required_hours"):
        rules_at(session, "AIE", SOON)
    assert entry_rules_at(session, "AIE", SOON).min_age is None
    with pytest.raises(NotFound):
        rules_at(session, "NOPE", SOON)


def test_every_setting_is_in_the_audit_with_its_source(session, administrator):
    caip()
    set_hours(40, SOON, administrator, source="发证机构〔2026〕1号")
    row = session.scalars(select(AuditEntry).where(AuditEntry.act == "programmes.set_rule")).one()
    assert (row.subject, row.details["value"], row.details["source"]) == ("CAIP", 40, "发证机构〔2026〕1号")


def test_a_price_changes_from_its_day_on(session, administrator):
    caip()
    change_price("exam_first", 50000, SOON, source="会议纪要", by=administrator, now=NOON)
    assert prices_at(session, date(2026, 11, 30))["exam_first"].amount_fen == 48000
    assert prices_at(session, SOON)["exam_first"].amount_fen == 50000
    with pytest.raises(Refused):
        set_price("exam_first", "exam", "考试费", "Exam fee", 1, SOON, by=administrator, now=NOON)
    with pytest.raises(NotFound):
        change_price("nothing", 1, SOON, source="x", by=administrator, now=NOON)


def test_the_tables_of_days_make_the_calendar(session, administrator):
    add_holiday("元旦", date(2027, 1, 1), date(2027, 1, 3), confirmed=False, by=administrator, now=NOON)
    add_workday(date(2027, 1, 9), confirmed=True, by=administrator, now=NOON)
    calendar = working_calendar(session)
    assert not calendar.is_working(date(2027, 1, 1))
    assert calendar.is_working(date(2027, 1, 9))
    assert date(2027, 1, 2) in calendar.unconfirmed
    confirm_holiday(1, date(2026, 12, 31), date(2027, 1, 2), by=administrator, now=NOON)
    again = working_calendar(session)
    assert not again.is_working(date(2026, 12, 31))
    assert again.unconfirmed == frozenset()


@pytest.mark.parametrize("act", [
    lambda by: add_holiday("x", date(2027, 1, 3), date(2027, 1, 1), confirmed=True, by=by, now=NOON),
    lambda by: [add_workday(date(2027, 1, 9), confirmed=True, by=by, now=NOON) for _ in range(2)],
])
def test_days_that_cannot_be_are_refused(app, administrator, act):
    with pytest.raises(Refused):
        act(administrator)


def test_publishing_freezes_the_terms_of_the_day_and_later_changes_do_not_touch_them(session, officer, administrator):
    caip()
    add_window("CAIP", some_dates(), by=officer, now=NOON, note="元旦调整")
    publish_window("202701", by=officer, now=NOON)
    set_rule("CAIP", "pass_mark.theory", 70, SOON, False, "假设", by=administrator, now=NOON)
    change_price("exam_first", 99900, SOON, source="x", by=administrator, now=NOON)
    terms = window_by_code(session, "202701").agreed
    assert (terms.pass_marks.theory, terms.fees["exam_first"], terms.keep_passed_subject_windows) == (600, 48000, 3)
    assert terms.exam_refund_rules[0].when.zh == "全额退费截止前"
    assert [row.event for row in session.scalars(select(OutboxEntry))] == ["WindowMoved"]


def test_a_window_is_not_published_without_a_price_or_a_rule(session, officer):
    with transaction() as inside:
        a_programme(inside, stated={key: value for key, value in FIGURES.items() if key != "score_review_days"})
    add_window("CAIP", some_dates(), by=officer, now=NOON)
    with pytest.raises(Refused) as refused:
        publish_window("202701", by=officer, now=NOON)
    assert refused.value.codes == {"rule_missing"}
    assert window_by_code(session, "202701").state == "draft"


def test_every_date_out_of_order_is_named_when_publishing(app, officer):
    caip()
    add_window("CAIP", some_dates(ticket_from=beijing("2027-01-01 09:00"), seating_by=beijing("2026-12-01 09:00"),
                                  withdraw_full_refund_until=beijing("2026-12-30 17:00")), by=officer, now=NOON)
    with pytest.raises(Refused) as refused:
        publish_window("202701", by=officer, now=NOON)
    assert {one.field for one in refused.value.problems} == {"seating_by"}
    assert len(refused.value.problems) == 2


def test_only_an_exam_officer_publishes(app, officer, administrator):
    caip()
    add_window("CAIP", some_dates(), by=officer, now=NOON)
    with pytest.raises(Refused) as refused:
        publish_window("202701", by=administrator, now=NOON)
    assert refused.value.codes == {"not_permitted"}


def test_a_code_is_used_once(app, officer):
    caip()
    add_window("CAIP", some_dates(), by=officer, now=NOON)
    with pytest.raises(Refused) as refused:
        add_window("CAIP", some_dates(), by=officer, now=NOON)
    assert refused.value.codes == {"window_known"}


def test_twenty_people_publish_and_one_does(app, session, officer):
    caip()
    add_window("CAIP", some_dates(), by=officer, now=NOON)
    answers = at_once(app, *[lambda: publish_window("202701", by=officer, now=NOON)] * 8)
    assert sum(answer is None for answer in answers) == 1
    assert all(isinstance(answer, Refused) for answer in answers if answer is not None)
    assert [row.move for row in session.scalars(select(WindowMove).order_by(WindowMove.id))] == ["begin", "publish"]


def test_a_draft_is_planned_and_a_stale_form_changes_nothing(session, officer):
    caip()
    add_window("CAIP", some_dates(), by=officer, now=NOON)
    changed = replace(some_dates(), closes_at=beijing("2026-12-23 17:00"))
    plan_window("202701", changed, "提前一天", by=officer, now=NOON, seen_version=1)
    with pytest.raises(Stale):
        plan_window("202701", some_dates(), "", by=officer, now=NOON, seen_version=1)
    assert window_by_code(session, "202701").closes_at == beijing("2026-12-23 17:00")
    publish_window("202701", by=officer, now=NOON)
    with pytest.raises(Refused) as refused:
        plan_window("202701", some_dates(), "", by=officer, now=NOON)
    assert refused.value.codes == {"not_a_draft"}


def test_a_published_date_moves_later_for_all_with_a_reason_in_order(session, officer):
    the_programmes()
    for name, to, reason, code in (
        ("closes_at", "2026-12-24 16:00", "故障", "only_later"),
        ("closes_at", "2026-12-25 17:00", " ", "reason_missing"),
        ("opens_at", "2026-12-01 09:00", "故障", "not_movable"), ("terms", "2026-12-01 09:00", "故障", "not_movable"),
        ("closes_at", "2026-12-29 18:00", "故障", "dates_out_of_order"),
    ):
        with pytest.raises(Refused) as refused:
            move_date("202701", name, beijing(to), reason=reason, by=officer, now=NOON)
        assert refused.value.codes == {code}, (name, to)
        session.expire_all()
        assert window_by_code(session, "202701").closes_at == beijing("2026-12-24 17:00"), (name, to)
        session.rollback()


def test_an_outage_moves_the_closing_and_tells_who_waits_for_it(session, officer):
    the_programmes()
    move_date("202701", "closes_at", beijing("2026-12-25 17:00"), reason="系统故障", by=officer, now=NOON)
    window = window_by_code(session, "202701")
    assert (window.closes_at, window.version) == (beijing("2026-12-25 17:00"), 2)
    entry = session.scalars(select(OutboxEntry)).one()
    assert (entry.event, entry.details["name"]) == ("WindowDateMoved", "closes_at")


def test_a_cancelled_window_is_open_for_nobody_and_stays_on_file(session, officer):
    the_programmes()
    cancel_window("202701", by=officer, now=NOON, reason="发证机构通知")
    assert [one.code for one in windows_published(session)] == ["202703"]
    assert open_window_for(session, NOON) is None
    assert published_window(session, "202701").state == "cancelled"
    with pytest.raises(Refused):
        cancel_window("202701", by=officer, now=NOON, reason="again")


def test_the_open_window_is_found_to_the_second_and_by_lane(session):
    the_programmes()
    window = session.scalars(select(Window).where(Window.code == "202701")).one()
    assert open_window_for(session, window.opens_at - timedelta(seconds=1)) is None
    assert open_window_for(session, window.opens_at).code == "202701"
    assert open_window_for(session, window.closes_at - timedelta(seconds=1)).code == "202701"
    assert open_window_for(session, window.closes_at) is None
    assert open_window_for(session, window.closes_at, lane=Lane.RESIT).code == "202701"
    assert next_window_for(session, window.closes_at).code == "202703"


def test_a_draft_is_shown_to_nobody_outside(session):
    with transaction() as inside:
        a_window(inside, a_programme(inside), state="draft")
    assert windows_published(session) == []
    assert published_window(session, "202701") is None
    assert open_window_for(session, NOON) is None


def test_announcements_appear_at_their_moment_and_are_withdrawn_once(session, administrator):
    number = add_announcement("标题", "正文", beijing("2026-11-22 10:00"), by=administrator, now=NOON)
    add_announcement("置顶", "正文", beijing("2026-11-20 10:00"), pinned=True, by=administrator, now=NOON)
    assert [one.title_zh for one in announcements(session, NOON)] == ["置顶", "标题"]
    assert [one.title_zh for one in announcements(session, NOON - timedelta(seconds=1))] == ["置顶"]
    withdraw_announcement(number, by=administrator, now=NOON)
    withdraw_announcement(number, by=administrator, now=NOON + timedelta(hours=1))
    assert session.get(Announcement, number).withdrawn_at == NOON
    assert [one.title_zh for one in announcements(session, NOON)] == ["置顶"]


def test_an_announcement_that_promises_a_pass_is_refused(app, administrator):
    with pytest.raises(Refused) as refused:
        add_announcement("喜报", "正文", NOON, by=administrator, now=NOON)
    assert refused.value.problems[0].field == "title_zh"
    with pytest.raises(Refused) as refused:
        add_announcement("标题", "考试包过", NOON, by=administrator, now=NOON)
    assert refused.value.problems[0].field == "body_zh"


def test_the_organisation_is_written_and_changed(session, administrator):
    set_organisation({"code": "TX01", "name": "甲", "short_name": "甲", "issuers": ["乙"]}, by=administrator, now=NOON)
    set_organisation({"name": "丙"}, by=administrator, now=NOON)
    with pytest.raises(AttributeError):
        set_organisation({"nonsense": "x"}, by=administrator, now=NOON)
    assert session.scalars(select(AuditEntry.details).order_by(AuditEntry.seq)).all()[-1] == {"fields": ["name"]}
