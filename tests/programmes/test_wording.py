"""Words that are not published: set by the house from a day on, found at their place, quoted only for two people."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.foundation.problems import Refused
from enroll.programmes.models import Announcement, ForbiddenWording
from enroll.programmes.queries.windows import announcements
from enroll.programmes.services.announcements import add_announcement, confirm_announcement
from tests.builders.accounts import an_account
from tests.builders.programmes import the_programmes
from tests.conftest import NOON
from tests.pages import press, text_of


@pytest.fixture
def administrator(session):
    the_programmes()
    return an_account("admin", Role.ADMINISTRATOR)


def test_the_house_sets_a_phrase_from_a_day_on_with_a_source(app, session, administrator, sign_in):
    me, here = sign_in(administrator), "/staff/settings/wording"
    page = text_of(me.get(here))
    for told in ("押题", "广告法", "人社部函〔2022〕25号", "中国信息协会"):
        assert told in page, told
    typed = {"phrase": "稳过", "where": "everywhere", "source": "院办 2026-11", "from_on": "2026-11-22"}
    for wrong in ({"phrase": "#"}, {"source": " "}, {"from_on": "2026-11-21"}, {"where": "nowhere"}):
        assert press(me, here, here, **(typed | wrong)).status_code == 422, wrong
    assert press(me, here, here, **typed).status_code == 303
    assert press(me, here, here, **typed).status_code == 422  # a second value from the same day
    assert "稳过" in text_of(me.get(f"{here}?text=%E7%AC%AC%E4%B8%80%0D%0A%E7%A8%B3%E8%BF%87"))
    with pytest.raises(Refused, match="advertising"):
        add_announcement("稳过", "正文", NOON, by=administrator.actor_at(NOON), now=NOON)
    press(me, here, here, **(typed | {"where": "dropped", "from_on": "2026-11-23"}))
    tomorrow = NOON + timedelta(days=1)
    assert add_announcement("稳过", "正文", tomorrow, by=administrator.actor_at(NOON), now=tomorrow)
    assert [one.reach for one in session.scalars(select(ForbiddenWording).order_by(ForbiddenWording.id))] == [
        "everywhere", "dropped"]
    session.rollback()
    reader = sign_in(an_account("officer", Role.EXAM_OFFICER), app.test_client())
    assert reader.get(here).status_code == 200
    assert "name=\"phrase\"" not in reader.get(here).get_data(as_text=True)


def test_a_quotation_in_an_announcement_is_shown_once_a_second_person_stands_for_it(
    app, session, administrator, sign_in
):
    writer, other = sign_in(administrator), sign_in(an_account("other", Role.EXAM_OFFICER), app.test_client())
    typed = {"title_zh": "提醒", "body_zh": "谨防“包过”骗局", "publish_at": "2026-11-22T10:00"}
    new = "/staff/announcements/new"
    refused = press(writer, new, new, **typed)
    assert refused.status_code == 422
    assert "广告法" in text_of(refused)
    assert press(writer, new, new, **typed, quotation="提醒学员防骗，引用骗子的话").status_code == 303
    session.rollback()
    number = session.scalars(select(Announcement.id)).one()
    assert announcements(session, NOON + timedelta(days=1)) == []
    with pytest.raises(Refused, match="second_person"):
        confirm_announcement(number, by=administrator.actor_at(NOON), now=NOON)
    act = f"/staff/announcements/{number}/confirm"
    assert act not in writer.get("/staff/announcements").get_data(as_text=True)
    assert press(other, "/staff/announcements", act).status_code == 303
    session.rollback()
    assert [one.title_zh for one in announcements(session, NOON + timedelta(days=1))] == ["提醒"]
    with pytest.raises(Refused, match="nothing_waits"):
        confirm_announcement(number, by=administrator.actor_at(NOON), now=NOON)
