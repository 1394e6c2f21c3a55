"""What is built once and brought back is what building it again would have left."""

import pytest
from sqlalchemy import select

from enroll.accounts.models import Account
from enroll.learners.models import Learner, LearnerFile
from enroll.storage.database import Base, db, transaction
from enroll.storage.files import StoredFile, read_file
from tests.builders.accounts import an_account
from tests.builders.applicants import a_submitted, an_applicant, both_sittings
from tests.conftest import NOON
from tests.fixtures import WORLDS
from tests.worlds import CannotTell, known, object_of


@pytest.fixture
def worlds(app, database):
    return WORLDS[database]


def start_over(app, worlds):
    """As between two tests."""
    db.session.remove()
    db.engine.dispose()
    worlds.databases.empty(worlds.kind)
    worlds.begin(app)


def build():
    both_sittings()
    an_applicant("one")
    return a_submitted(an_applicant("two"))


def everything():
    """Every row, and every file as it is read."""
    rows = {table.name: sorted(map(repr, db.session.execute(select(table)))) for table in Base.metadata.sorted_tables}
    files = [read_file(file) for file in db.session.scalars(select(StoredFile).order_by(StoredFile.id))]
    db.session.rollback()
    return rows, files


def test_rows_files_and_numbers_are_brought_back_as_they_were(app, worlds):
    build()
    start_over(app, worlds)
    given, left, made = build(), everything(), worlds.made
    start_over(app, worlds)
    assert db.session.scalars(select(Learner.id)).all() == []
    assert build() == given
    assert worlds.made == made, "nothing was kept again"
    assert worlds.awaited is not None, "nobody has asked the database yet"
    assert everything() == left
    with transaction() as session:
        highest = max(session.scalars(select(Account.id)))
        an_account("three")
        session.flush()
        assert max(session.scalars(select(Account.id))) == highest + 1, "numbers go on where they stood"


def test_what_stands_otherwise_is_never_replaced(app, worlds):
    for _ in range(3):
        start_over(app, worlds)
        build()
    start_over(app, worlds)
    an_account("before")
    build()
    assert db.session.scalars(select(Account.username).where(Account.username == "before")).all() == ["before"]
    start_over(app, worlds)
    app.extensions["clock"].set(NOON.replace(hour=9))
    made = worlds.made
    build()
    assert worlds.made > made, "another moment is another world"


def test_a_row_that_is_given_back_is_the_row_itself(app, worlds):
    for _ in range(3):
        start_over(app, worlds)
        both_sittings()
        enrolment = an_applicant("one")
    learner = db.session.get_one(Learner, enrolment.learner_id)
    assert enrolment in db.session
    assert db.session.get_one(type(enrolment), enrolment.id) is enrolment
    assert enrolment.reference == "E-ONE"
    with transaction():
        learner.legal_name = "another"
    assert known([learner, {"a": (enrolment,)}]) == known([learner, {"a": (enrolment,)}])
    assert object_of(known([learner, {"a": (enrolment,)}])) == [learner, {"a": (enrolment,)}]
    for unknown in (LearnerFile(), object(), [lambda: 1]):
        with pytest.raises(CannotTell):
            known(unknown)
