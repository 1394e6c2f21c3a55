"""Two outages: one that was none, and one that a second person must look at."""

from datetime import datetime, timedelta

from enroll.applications.services.outages import dismiss_outage, report_outage
from enroll.demo.supervising import actor_of
from enroll.foundation.clock import SHANGHAI
from enroll.storage.database import transaction

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
UPLOADS_WERE_SLOW = datetime(2026, 11, 13, 16, 20, tzinfo=SHANGHAI)


def outages(until: datetime) -> None:
    """Slow uploads that the log does not confirm, and an hour of last night without codes by text message. `until` is
    the demo's first moment, a Sunday morning."""
    with transaction():
        ended = UPLOADS_WERE_SLOW + 35 * MINUTE
        slow = report_outage(UPLOADS_WERE_SLOW, ended, "上传照片时多次超时。", by=actor_of("kaowu", until),
                             now=ended + HOUR)
        dismiss_outage(slow, reason="服务器日志显示全程可用，超时集中在同一运营商，且其间没有到期的截止时间。",
                       by=actor_of("zhuguan", until), now=ended + 3 * HOUR)
        night = until - 14 * HOUR
        report_outage(night, night + 50 * MINUTE, "短信通道故障，收不到登录验证码。", by=actor_of("kaowu", until),
                      now=night + 2 * HOUR)
