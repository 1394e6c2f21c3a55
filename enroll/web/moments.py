"""The one clock of a request: read once, so that every decision of the request is made at the same moment."""

from datetime import date, datetime

from flask import current_app, g, has_request_context

from enroll.foundation.clock import local_day


def now() -> datetime:
    """The present moment of this request (aware UTC): when its body was complete."""
    if not has_request_context():
        moment: datetime = current_app.extensions["clock"].now()
        return moment
    if "moment" not in g:
        g.moment = current_app.extensions["clock"].now()
    present: datetime = g.moment
    return present


def real_now() -> datetime:
    """Real time, whatever day it is in the demo: moving the demo's clock shortens no wait for the next guess."""
    moment: datetime = current_app.extensions["real_clock"].now()
    return moment


def today() -> date:
    """The day in Asia/Shanghai."""
    return local_day(now())
