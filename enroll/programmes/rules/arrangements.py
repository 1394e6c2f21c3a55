"""Accommodations 便利措施 that an exam may offer; which of them it does is a dated setting of the programme."""

from enroll.foundation.words import N_

EXTRA_TIME, ACCESSIBLE_ROOM = "extra_time", "accessible_room"

ACCOMMODATION_NAMES = {
    EXTRA_TIME: N_("Extra time"),
    ACCESSIBLE_ROOM: N_("Accessible room"),
    "large_print": N_("Large print"),
    "own_aids": N_("Own aids: hearing aid, magnifier, cushion, medicine"),
    "helper": N_("Somebody to help with turning pages or typing"),
    "near_door": N_("Seat near the door"),
}
PRINTED = {EXTRA_TIME: "延长考试时间", ACCESSIBLE_ROOM: "无障碍考场", "large_print": "大字试卷",
           "own_aids": "自带辅助器具", "helper": "辅助人员", "near_door": "靠门座位"}
"""As the papers say it, which are in Chinese."""
MOST_MINUTES = 240


def printed(codes: tuple[str, ...], minutes: int) -> str:
    """延长 30 分钟、无障碍考场: for papers and rosters; nothing where nothing was granted."""
    said = [f"延长 {minutes} 分钟" if one == EXTRA_TIME else PRINTED.get(one, one) for one in PRINTED if one in codes]
    return "、".join(said)
