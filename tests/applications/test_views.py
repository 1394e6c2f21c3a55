"""The learner's pages, pressed as they are served."""

import pytest

from tests.builders.applicants import an_applicant, both_sittings, the
from tests.builders.study import account_of
from tests.pages import press, soup, text_of

BASE = "/applications"


@pytest.fixture
def learner(app, sign_in):
    both_sittings()
    return sign_in(account_of(an_applicant()))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_scratch(learner, language):
    h = {"Accept-Language": language}
    def look(path):
        page = learner.get(path, headers=h)
        assert page.status_code == 200, (path, page.status_code, page.location)
        assert len(soup(page).find_all("h1")) == 1
        print("=====", path); print(text_of(page))
    look(BASE)
    look(f"{BASE}/new?window=202701")
    look(f"{BASE}/new?window=202701&site=BJ01")
    answer = press(learner, f"{BASE}/new?window=202701", f"{BASE}/new", sitting_theory="202701-BJ01-T", sitting_practical="202701-BJ01-P")
    assert answer.status_code == 303, text_of(answer)
    ref = answer.location.split("/")[2]
    look(answer.location)
    look(f"{BASE}/{ref}/sittings")
    look(f"{BASE}/{ref}/check")
    look(f"{BASE}/{ref}")
    answer = press(learner, f"{BASE}/{ref}/check", "submit")
    assert answer.status_code == 422
    print(text_of(answer))
    answer = press(learner, f"{BASE}/{ref}/check", "submit", agreed=["sensitive_id.1", "share_issuer.1", "commitment.1"])
    assert answer.status_code == 303, text_of(answer)
    look(answer.location)
    look(f"{BASE}/{ref}")
    look(BASE)
    look(f"{BASE}/{ref}/withdraw")
    assert press(learner, f"{BASE}/{ref}/withdraw").status_code == 303
    look(f"{BASE}/{ref}")
    assert the(ref).state == "withdrawn"
