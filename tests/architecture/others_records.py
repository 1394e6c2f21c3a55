"""What one person's addresses and forms are to another: not there (security.md, A001, A003). Another's name in the
question of an address changes no page (A006), and a path that names two records is there only where the second belongs
to the first (A011). And looking at a page changes nothing (A137)."""

import re
from itertools import cycle, pairwise, product
from typing import Any
from urllib.parse import urlencode, urlsplit

from bs4 import BeautifulSoup
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from enroll.learners.models import Learner
from enroll.storage.database import db
from tests.architecture.bad_input import COUNTED, what_is_kept
from tests.architecture.the_forms import Walker
from tests.pages import fields_of, soup, text_of

# Lessons and live classes: the address names the lesson, and everybody who is enrolled has it for themselves.
SHARED = re.compile(r"/(study/[A-Z0-9]+|live)/")
NOT_THERE = {404}
ADDRESS = re.compile(r'\s(?:href|src)="(/[^"?#]+)')
WHOSE = ("learner", "learner_id", "account", "account_id", "user", "owner", "id", "reference")
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


def what_another_name_shows(walkers: dict[str, Walker], accounts: dict[str, int]) -> list[str]:
    """Each learner's pages, asked with every name that another learner goes by: the same page."""
    wrong, asked = [], 0
    for name, other in pairwise([*accounts, next(iter(accounts))]):
        learner = db.session.scalars(select(Learner).where(Learner.account_id == accounts[other])).one()
        for called in (learner.reference, str(learner.id)):
            question = urlencode(dict.fromkeys(WHOSE, called))
            for address in walkers[name].statements:
                if "?" not in address:
                    asked += 1
                    plain, with_it = (walkers[name].browser.get(one) for one in (address, f"{address}?{question}"))
                    if (plain.status_code, text_of(plain)) != (with_it.status_code, text_of(with_it)):
                        wrong.append(f"{address} of {name}, asked about {other} ({called})")
    assert asked > 100, f"pages are asked, not {asked}"
    return wrong


def what_mixed_paths_show(walkers: dict[str, Walker]) -> list[str]:
    """Of two addresses of one kind that name two records each, the first of the one with the second of the other. Links
    and pictures of every page are looked at, also those that nobody followed."""
    wrong, asked = [], set()
    served = {name: _records_of_links(walker) for name, walker in walkers.items()}
    for (name, here), there in product(served.items(), served.values()):
        for endpoint in here.keys() & there.keys():
            for one, other in product(here[endpoint][:4], there[endpoint][:4]):
                last = list(one)[-1]
                if any(one[part] == other[part] for part in one):
                    continue
                mixed = walkers[name].routes.build(endpoint, one | {last: other[last]})
                if (name, mixed) not in asked and not _is_served(mixed, endpoint, served):
                    asked.add((name, mixed))
                    answer = walkers[name].browser.get(mixed)
                    answer.close()
                    if answer.status_code not in NOT_THERE:
                        wrong.append(f"{mixed} answers {answer.status_code} to {name}")
    kinds = sorted({endpoint for found in served.values() for endpoint in found})
    assert (len(asked) > 15, len(kinds) > 5) == (True, True), f"{len(asked)} paths of two records are found: {kinds}"
    return wrong


def _is_served(address: str, endpoint: str, served: dict[str, dict[str, list[dict[str, Any]]]]) -> bool:
    """Whether the two belong together after all, like a code that each of two lists has."""
    return any(address.endswith("/".join(map(str, one.values()))) for found in served.values()
               for one in found.get(endpoint, ()))


def _records_of_links(walker: Walker) -> dict[str, list[dict[str, Any]]]:
    """Of every address on these pages whose path names two records at least: its endpoint, and what it names."""
    found: dict[str, list[dict[str, Any]]] = {}
    pages = [walker.browser.get(page) for page in walker.statements]
    for address in sorted({one for page in pages for one in ADDRESS.findall(page.get_data(as_text=True))}):
        try:
            rule, values = walker.routes.match(urlsplit(address).path, method="GET", return_rule=True)
        except HTTPException:
            continue
        named = re.findall(r"<(?:ref|token|code|int)(?:\([^)]*\))?:(\w+)>", rule.rule)
        if len(named) > 1 and len(named) == len(values):
            found.setdefault(str(rule.endpoint), []).append({part: values[part] for part in named})
    return found


def _is_own(address: str) -> bool:
    """Whether the path names a record, by its reference or an opaque token, that is not shared."""
    named = re.search(r"/[A-Z][0-9A-Z]{0,8}(-[0-9A-Z]+)*[0-9]|/[A-Za-z0-9_-]{20,}", address)
    return named is not None and not SHARED.match(address)
