"""Accommodations: one granted with its evidence, one that waits for the lead."""

from datetime import datetime, timedelta

from enroll.applications.services.accommodations import ask_accommodation, grant_accommodation
from enroll.demo.pictures import document
from enroll.demo.supervising import actor_of, application_of
from enroll.storage.database import transaction
from enroll.storage.files import StoredFile, keep_file

HOUR = timedelta(hours=1)
GRANTED, WAITS = "shenyue", "liuqing"


def accommodations(until: datetime) -> None:
    """Extra time and large print, of which a paper speaks; and a room without stairs, asked for this morning."""
    first, now = actor_of(GRANTED, until), until - 48 * HOUR
    with transaction():
        asked = ask_accommodation(
            application_of(GRANTED), ["extra_time", "large_print"], 30,
            "低视力，阅读速度较慢，需要大字试卷和更多时间。", [_paper("残疾人证", first.account_id, now)],
            by=first, now=now)
        grant_accommodation(asked, ["extra_time", "large_print"], 30, "每科延长 30 分钟并提供大字试卷，考场另行安排。",
                            by=actor_of("zhuguan", until), now=now + 20 * HOUR)
        second = actor_of(WAITS, until)
        ask_accommodation(application_of(WAITS), ["accessible_room"], 0,
                          "膝部手术后行走不便，希望安排在一层或有电梯的考场。", [], by=second, now=until - 2 * HOUR)


def _paper(kind: str, owner_id: int | None, now: datetime) -> StoredFile:
    return keep_file(document("front", "沈悦", kind, "2026-11-02"), name=f"{kind}.jpg", media_type="image/jpeg",
                     purpose="accommodation", now=now, sealed=True, owner_id=owner_id)
