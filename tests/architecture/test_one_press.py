"""Every form that changes something is one act a press: its view goes through `once`, or stands here with a reason."""

import inspect

import pytest

from tests.architecture.the_tree import refuse

pytestmark = pytest.mark.one_database

ONCE = ("once(", "act_once(")

WITHOUT_A_KEY = {
    "accounts.try_to_sign_in": "every try counts as one; of two sign-ins the first session ends",
    "accounts.sign_out": "a session that is ended twice is ended",
    "admission.password": "shows an access and changes nothing; each look is noted",
    "applications.keep": "keeps what is chosen now: the same again is the same",
    "applications.keep_new": "as applications.keep; one draft for a window",
    "demo.move_on": "in the demo only; the clock moves on as often as it is pressed",
    "demo.sign_in": "in the demo only; as accounts.try_to_sign_in",
    "mocks.save": "as quizzes.save",
    "practice_work.begin_upload": "the same file again goes on where it stopped",
    "quizzes.save": "keeps what is chosen now: the same again is the same",
    "sittings_staff.take_list": "gives a file and changes nothing; each download is noted",
    "timing.beat": "time is credited by the clock, never by the number of calls",
    "timing.begin": "a second beginning takes over from the first, which ends",
    "verification.answer": "a question; its name and number travel in the body, out of logs",
}
"""The few that need none. Add one only where a second press can do no harm, and say why."""


def goes_through_once(view):
    """Whether the view, or a function of its own module that it calls, calls once()."""
    module, waiting, seen = inspect.getmodule(view), [view], set()
    while waiting:
        function = inspect.unwrap(waiting.pop())
        source = inspect.getsource(function)
        if any(one in source for one in ONCE):
            return True
        seen.add(function)
        waiting += [value for name, value in vars(module).items()
                    if inspect.isfunction(value) and inspect.unwrap(value) not in seen and f"{name}(" in source]
    return False


def test_every_press_is_one_act(app):
    posts = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    views = {endpoint: inspect.unwrap(app.view_functions[endpoint]) for endpoint in posts}
    twice = {endpoint for endpoint, view in views.items() if not goes_through_once(view)}
    refuse(sorted(twice - set(WITHOUT_A_KEY)), "Run the act through once(form, act): a second press does nothing.")
    refuse(sorted(set(WITHOUT_A_KEY) - twice), "These go through once() by now: take them out of WITHOUT_A_KEY.")
