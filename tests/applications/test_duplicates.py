"""Possible duplicates: found by what two learners share, looked at side by side, decided by a person."""

from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.applications.services.doubles import decide_double
from enroll.learners.models import DoubleVerdict, Guardian, Learner, LearnerFile
from enroll.learners.queries.checks import doubles_of
from enroll.learners.queries.doubles import suspected
from enroll.learners.rules.doubles import DoubleOutcome, Shared
from enroll.storage.database import db, transaction
from tests.applications.test_reviewing import refused_codes
from tests.builders.accounts import an_account
from tests.builders.applicants import a_reviewer, a_submitted, an_applicant, both_sittings, the
from tests.builders.study import account_of
from tests.conftest import NOON
from tests.pages import press, soup, text_of

LIST = "/staff/applications/duplicates"


def learner_of_(enrolment):
    db.session.rollback()
    return db.session.get(Learner, enrolment.learner_id)


def share(first, second, *, names=True, picture=True, guardian=True):
    """Two applicants who share what should be one person's alone; the builder gives everybody the same name."""
    with transaction() as session:
        one, two = session.get_one(Learner, first.learner_id), session.get_one(Learner, second.learner_id)
        one.legal_name, two.legal_name = "王小明", "王小明" if names else "李小红"
        if picture:
            photos = select(LearnerFile).where(LearnerFile.kind == "photo", LearnerFile.replaced_at.is_(None))
            theirs = {row.learner_id: row for row in session.scalars(photos)}
            theirs[two.id].file_id = theirs[one.id].file_id
        if guardian:
            two.account.phone = "+8613900000009"
            session.add(Guardian(learner_id=one.id, token="guardian", name="王强", relation="father",
                                 address="+8613900000009"))


def pairs():
    db.session.rollback()
    return [(one.first.id, one.second.id, sorted(one.shared)) for one in suspected(db.session())]


def test_who_shares_something_is_suspected_until_a_person_has_decided_and_again_when_something_new_is_shared(app):
    both_sittings()
    first, second = an_applicant("one"), an_applicant("two")
    share(first, second, picture=False, guardian=False)
    low, high = sorted((first.learner_id, second.learner_id))
    assert pairs() == [(low, high, ["name"])]
    one, two = learner_of_(first), learner_of_(second)
    both, by = (one.reference, two.reference), a_reviewer()
    said = {"by": by, "now": NOON}
    for shared, reason, code in (([Shared.NAME], " ", "reason_missing"), ([], "看过", "nothing_shared")):
        assert refused_codes(decide_double, *both, shared, DoubleOutcome.TWO_PEOPLE, reason=reason, **said) == {code}
    decide_double(*both, [Shared.NAME], DoubleOutcome.TWO_PEOPLE, reason="两张证件号码不同，已电话核对", **said)
    assert pairs() == []
    assert doubles_of(db.session(), learner_of_(first)).same_name_and_birth == 0, "the finding is gone from the case"
    share(first, second)
    assert pairs() == [(low, high, ["address", "picture"])]
    reference = a_submitted(first)
    decide_double(*both[::-1], [Shared.PICTURE, Shared.ADDRESS], DoubleOutcome.SAME_PERSON, reason="同一人", **said)
    assert the(reference).flagged == "duplicate"
    assert doubles_of(db.session(), learner_of_(first)).same_pictures == 1, "one person: the finding stays"
    rows = db.session.scalars(select(DoubleVerdict).order_by(DoubleVerdict.id)).all()
    assert [(row.first_id, row.second_id, row.why) for row in rows] == [
        (low, high, why) for why in ("name", "picture", "address")]


def test_a_reviewer_looks_at_both_side_by_side_and_no_two_learners_are_compared_at_will(app, sign_in):
    both_sittings()
    first, second, third = an_applicant("TEN"), an_applicant("TWO"), an_applicant("THREE")
    share(first, second)
    with transaction() as session:
        session.get_one(Learner, third.learner_id).legal_name = "赵六"
    reference = a_submitted(first)
    one, two, other = (learner_of_(each).reference for each in (first, second, third))
    low, high = sorted((one, two))
    reviewer = sign_in(an_account("shenhe1", Role.REVIEWER))
    case = reviewer.get(f"/staff/applications/{reference}")
    [link] = {found["href"] for found in soup(case).find_all("a") if "duplicates?" in found["href"]}
    page = f"{LIST}/{low}/{high}"
    assert [found["href"] for found in soup(reviewer.get(link)).select("tbody th a")] == [page]
    shown = reviewer.get(page, headers={"Accept-Language": "en"})
    for seen in ("The very same picture", "Same name and date of birth", "different"):
        assert seen in text_of(shown)
    rows = {row.find("th").get_text(): [cell.get_text(" ").strip() for cell in row.find_all("td")]
            for row in soup(shown).select("tbody tr")}
    assert rows["E-mail"][0] == rows["E-mail"][1], "masked they look alike"
    assert rows["E-mail"][2] == "different"
    pictures = [found["src"] for found in soup(shown).select("img.shown")]
    assert pictures
    assert all(reviewer.get(src).status_code == 200 for src in pictures)
    for wrong in (f"{LIST}/{high}/{low}", f"{LIST}/{low}/{other}", f"{LIST}/{low}/{low}",
                  f"{page}/files/abcdefghijklmnop"):
        assert reviewer.get(wrong).status_code == 404, wrong
    assert press(reviewer, page, page, reason="").status_code == 422
    answer = press(reviewer, page, page, outcome="two_people", reason="双胞胎，证件不同")
    assert answer.status_code == 303
    assert "没有疑似重复" in text_of(reviewer.get(LIST))
    assert "双胞胎，证件不同" in text_of(reviewer.get(page))
    press(reviewer, f"/staff/applications/{reference}", "flag", kind="re_examine")
    assert the(reference).flagged == "re_examine"
    assert "重审" in text_of(reviewer.get(f"/staff/applications/{reference}"))
    learner = sign_in(account_of(first), app.test_client())
    assert "重审" not in text_of(learner.get(f"/applications/{reference}"))
