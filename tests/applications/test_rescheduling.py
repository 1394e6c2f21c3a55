"""A date of an open window moves: whom it concerns, who is told, what it may not break."""

from datetime import timedelta

from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.applications.services.reviewing import return_for_correction
from enroll.documents.reading import read_xlsx
from enroll.notifications.models import Message
from enroll.storage import outbox
from enroll.storage.database import db
from tests.applications.test_reviewing import PHOTO, pay
from tests.architecture.the_forms import counted_statements
from tests.builders.accounts import an_account
from tests.builders.applicants import (
    a_draft,
    a_reviewer,
    a_submitted,
    an_applicant,
    an_approved,
    both_sittings,
    the,
)
from tests.builders.exams import beijing_time
from tests.conftest import NOON
from tests.pages import press, text_of

EN = {"Accept-Language": "en"}
DATES = "/staff/windows/202701/dates"


def test_the_page_names_everybody_before_a_date_moves_and_each_hears_of_their_own_deadline(app, sign_in):
    both_sittings()
    paid, owing = an_approved(an_applicant("paid")), an_approved(an_applicant("owing"))
    pay(paid)
    drafting = a_draft(an_applicant("drafting"))
    officer = sign_in(an_account("kaowu", Role.EXAM_OFFICER))
    asked = f"{DATES}?name=payment_due_at&to=2027-01-05T12:00&reason=银行维护"
    said = text_of(officer.get(asked, headers=EN))
    for words in ("1 working day later", "Applications concerned 3", "Own deadlines that move 1",
                  "Learners: 3; and every exam officer.", "Approved: 2 · Draft: 1", "cannot be moved back"):
        assert words in said, (words, said)
    people = read_xlsx(officer.get(f"{DATES}/people.xlsx{asked.removeprefix(DATES)}").data)
    assert [row.cells[0] for row in people.rows] == [paid, owing, drafting]
    with counted_statements() as number:
        officer.get(asked)
    assert number[0] <= 10, number
    assert press(officer, asked, f"{DATES}/move").status_code == 303
    outbox.deliver(NOON)
    assert the(owing).payment_due_at == beijing_time("2027-01-05 12:00")
    letters = db.session.scalars(select(Message.body).where(Message.about.contains("payment_due_at"))).all()
    assert len(letters) == 4, "three learners and the officer"
    assert len([one for one in letters if "您的截止时间相应改为" in one]) == 1


def test_what_a_move_would_break_is_refused_by_name_and_what_is_only_tight_is_said(app, sign_in):
    both_sittings()
    reference = a_submitted(an_applicant())
    return_for_correction(reference, [PHOTO], by=a_reviewer(), now=NOON)
    officer = sign_in(an_account("kaowu", Role.EXAM_OFFICER))
    for name, to, words in (
        ("closes_at", "2026-12-29T18:00", "“First review done by” must be after"),
        ("first_review_by", "2026-12-30T17:00", "leaves 1 working days; 2 are needed"),
        ("scores_publish_at", "2026-12-01T10:00", "only be moved to a later one"),
    ):
        asked = f"{DATES}?name={name}&to={to}&reason=x"
        said = text_of(officer.get(asked, headers=EN))
        assert words in said, (name, said)
        assert "Move the date and tell" not in said
    tight = text_of(officer.get(f"{DATES}?name=closes_at&to=2026-12-25T17:00&reason=x", headers=EN))
    assert "Possible, but look" in tight
    assert "leaves 2 working days; 3 are needed" in tight
    wrong = officer.get(f"{DATES}?name=closes_at&to=nonsense&reason=", headers=EN)
    assert (wrong.status_code, "Enter a day and time" in text_of(wrong)) == (200, True)
    assert the(reference).correct_by < NOON + timedelta(days=9)
    assert officer.get("/staff/windows/209901/dates").status_code == 404
    assert officer.get(f"{DATES}/people.xlsx").status_code == 400
