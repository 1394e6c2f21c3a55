"""Two learners at the same doors: another's name in one's own form, another's doings on one's own pages."""

import re

from sqlalchemy import select

from enroll.applications.models import Application
from enroll.learners.models import Learner
from enroll.storage.database import db
from tests.builders.applicants import a_draft, a_submitted, an_applicant, an_approved, both_sittings, seats_taken, the
from tests.builders.study import account_of
from tests.pages import fields_of, form_on

# Staff have their own walk; seats left are everybody's to see; the others are no pages of people.
LEFT_OUT = ("/staff", "/windows", "/language", "/components", "/healthz", "/readyz", "/metrics")
CHANGING = re.compile(rb'(name="(csrf_token|key)"[^>]*value|content)="[^"]*"')


def every_name_of(reference):
    """All that a form could call an application and its learner by."""
    application = the(reference)
    learner = db.session.get_one(Learner, application.learner_id)
    return {"reference": reference, "application": reference, "application_id": application.id, "id": application.id,
            "learner": learner.reference, "learner_id": learner.id, "account_id": learner.account_id,
            "user": learner.account_id, "owner": learner.id}


def test_a009_a_form_acts_on_what_its_path_names_whatever_else_it_carries(app, sign_in):
    """security.md, A009 and A031: numbers and references of another, and fields that nobody offers, are not read."""
    codes = both_sittings()
    ana, bo = an_applicant("ana"), an_applicant("bo")
    mine, theirs = a_submitted(ana), a_submitted(bo)
    before = (the(theirs).state, the(theirs).version)
    browser = sign_in(account_of(ana))
    page = f"/applications/{mine}/withdraw"
    more = every_name_of(theirs) | {"state": "approved", "fee_paid": "1", "decided_by": "1", "version_of": "9"}
    sent = fields_of(form_on(browser.get(page), page)) | more | {"confirm": "y"}
    assert browser.post(page, data=sent, query_string=every_name_of(theirs)).status_code == 303
    assert the(mine).state == "withdrawn"
    assert ((the(theirs).state, the(theirs).version), seats_taken(codes.values())) == (before, [1, 1])


def test_a016_what_another_does_changes_no_byte_of_my_pages(app, sign_in):
    """security.md, A016: no count, total, number of a page or link is about more than one's own."""
    both_sittings()
    ana = an_applicant("ana")
    a_draft(ana)
    browser = sign_in(account_of(ana))

    pages = [rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments
             and not rule.rule.startswith(LEFT_OUT)]

    def everything():
        answers = {page: browser.get(page) for page in pages}
        return {page: CHANGING.sub(b"", one.data) for page, one in answers.items()
                if one.status_code == 200}

    before = everything()
    a_submitted(an_applicant("bo"))
    an_approved(an_applicant("chen"))
    assert db.session.scalars(select(Application.state)).all().count("approved") == 1
    after = everything()
    assert len(before) > 30
    assert [page for page in before if after[page] != before[page]] == []
