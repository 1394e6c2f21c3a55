"""What one person's addresses and forms are to another: not there (security.md, A001, A003). And looking at a page
changes nothing (A137)."""

import re
from itertools import cycle

from bs4 import BeautifulSoup

from tests.architecture.bad_input import COUNTED, what_is_kept
from tests.architecture.the_forms import Walker
from tests.pages import fields_of, soup

# Lessons and live classes: the address names the lesson, and everybody who is enrolled has it for themselves.
SHARED = re.compile(r"/(study/[A-Z0-9]+|live)/")
NOT_THERE = {404}
# Looking is itself an event here, and kept: who opened personal data, and the alarm at the door.
LOOKED_AT = re.compile(r"(INTO|UPDATE) (audit_event|audit_head|message)\b")


def what_looking_changed(walkers: dict[str, Walker]) -> list[str]:
    """Every page once more: what was stored because somebody looked."""
    wrong = []
    with what_is_kept() as kept:
        for name, walker in walkers.items():
            for address in walker.statements:
                kept.kept.clear()
                walker.browser.get(address).close()
                wrong += [f"GET {address} for {name or 'a visitor'}: {one}" for one in kept.kept
                          if not COUNTED.search(one) and not LOOKED_AT.search(one)]
    return wrong


def what_others_may(walkers: dict[str, Walker], learners: list[str]) -> list[str]:
    """Each learner's own pages opened, and own forms sent, by the next learner, whose own token is good."""
    wrong, asked = [], 0
    following = cycle(learners)
    next(following)
    for name, other in zip(learners, following, strict=False):
        mine, theirs = walkers[name], walkers[other].browser
        token = fields_of(soup(theirs.get("/account")).find_all("form", method="post")[0])["csrf_token"]
        for address in mine.statements:
            if _is_own(address):
                asked += 1
                answer = theirs.get(address)
                answer.close()
                if answer.status_code not in NOT_THERE:
                    wrong.append(f"GET {address} of {name} answers {answer.status_code} to {other}")
        with what_is_kept() as kept:
            for form in mine.forms.values():
                if _is_own(form.action):
                    asked += 1
                    kept.kept.clear()
                    as_served = fields_of(BeautifulSoup(form.html, "html.parser").find_all("form")[0])
                    answer = theirs.post(form.action, data=as_served | {"csrf_token": token})
                    answer.close()
                    stored = [one for one in kept.kept if not COUNTED.search(one)]
                    if answer.status_code not in NOT_THERE or stored:
                        wrong.append(f"POST {form.action} of {name} answers {answer.status_code} to {other}: {stored}")
    assert asked > 50, f"own pages and forms are found, not {asked}"
    return wrong


def _is_own(address: str) -> bool:
    """Whether the path names a record, by its reference or an opaque token, that is not shared."""
    named = re.search(r"/[A-Z][0-9A-Z]{0,8}(-[0-9A-Z]+)*[0-9]|/[A-Za-z0-9_-]{20,}", address)
    return named is not None and not SHARED.match(address)
