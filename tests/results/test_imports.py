"""Marks from the issuing body's file: read, shown, entered once, checked by sample, taken back."""

import pytest
from sqlalchemy import select

from enroll.audit.models import AuditEntry
from enroll.foundation.problems import NotFound, Refused
from enroll.results.models import MarkEntry, Result
from enroll.results.queries.sampling import import_check, policy_at
from enroll.results.rules.rows import TypedMark
from enroll.results.rules.sampling import CheckPolicy
from enroll.results.services.checking import accept_rest, check_marks
from enroll.results.services.importing import (
    abandon_marks,
    apply_marks,
    bring_file,
    preview_marks,
    stage_marks,
    undo_marks,
)
from enroll.results.services.policies import set_check_policy
from enroll.storage.database import db, transaction
from enroll.storage.imports import StagedImport
from tests.builders.award import MARKING, House, a_candidate, acting, an_exam, opened, points, sitting_code
from tests.builders.study import a_colleague
from tests.builders.workbooks import a_workbook

HEAD = ("准考证号", "姓名", "证件后四位", "科目", "成绩")


@pytest.fixture
def house(app):
    return House()


@pytest.fixture
def window(app):
    return an_exam()


def a_file(*rows, head=HEAD):
    return a_workbook([head, *rows])


def stage(window, house, content, name="marks.xlsx"):
    by = acting(house.maker)
    file = bring_file(content, name, by=by, now=MARKING)
    return stage_marks(window.code, file, by=by, now=MARKING), file


def apply(window, house, content):
    staged, file = stage(window, house, content)
    return apply_marks(staged.token, file.digest, file.table, by=acting(house.maker), now=MARKING), file.digest


def people(window, house, number, **attendance):
    made = [
        a_candidate(f"p{one:02d}", window, ticket_no=f"T{one:04d}", legal_name=f"考生{one}", **attendance)
        for one in range(number)
    ]
    with transaction() as session:
        for one, learner in enumerate(made):
            session.get_one(type(learner), learner.id).id_number = f"11019919900101{one:04d}"
    opened(window, by=acting(house.maker))
    return made


def test_rows_are_matched_by_ticket_and_name_or_identity_tail_and_entered_with_the_files_digest(session, window, house):
    people(window, house, 2)
    rows = [
        ("T0000T", "考生0", "", "理论", 78),
        ("t0001t", "", "0001", "Theory", "66"),
        ("T0000P", "考生0", "0000", "实践", 54),
    ]
    outcomes, digest = apply(window, house, a_file(*rows))
    assert [one.outcome for one in outcomes] == ["done"] * 3
    entries = session.scalars(select(MarkEntry).order_by(MarkEntry.id)).all()
    assert sorted((one.mark, one.entry_no) for one in entries) == [(540, 1), (660, 1), (780, 1)]
    assert {one.source for one in entries} == {digest}
    assert session.scalars(select(Result.mark)).all() == [None] * 4


def test_strangers_duplicates_and_wrong_people_are_refused_with_row_and_column(session, window, house):
    people(window, house, 3)
    rows = [
        ("T9999T", "考生9", "", "理论", 70),
        ("T0000T", "", "", "理论", 70),
        ("T0000T", "别人", "", "理论", 70),
        ("T0000T", "", "9999", "理论", 70),
        ("", "考生0", "", "理论", 70),
        ("T0000T", "考生0", "", "口试", 70),
        ("T0000T", "考生0", "", "理论", "73.25"),
        ("T0000T", "考生0", "", "理论", 101),
        ("T0001T", "考生1", "", "理论", 70),
        ("T0001T", "考生1", "", "理论", 70),
        ("T0002T", "考生2", "", "理论", "缺考"),
        ("T0000P", "考生0", "", "理论", 70),
    ]
    staged, _file = stage(window, house, a_file(*rows))
    row = session.scalars(select(StagedImport).where(StagedImport.token == staged.token)).one()
    assert row.accepted == []
    assert [(one["row"], one["column"], one["code"]) for one in row.refused] == [
        (2, "准考证号", "stranger"),
        (3, "姓名", "person_unproved"),
        (4, "姓名", "name_differs"),
        (5, "证件后四位", "tail_differs"),
        (6, "准考证号", "nobody_named"),
        (7, "科目", "part_unknown"),
        (8, "成绩", "not_a_mark"),
        (9, "成绩", "mark_out_of_range"),
        (10, "准考证号", "row_twice"),
        (11, "准考证号", "row_twice"),
        (12, "成绩", "attendance_differs"),
        (13, "准考证号", "stranger"),
    ]


def test_a_file_that_cannot_be_read_is_refused_whole(window, house):
    for content, code in (
        (b"not a sheet", "no_rows"), (a_workbook([("姓名", "成绩"), ("a", 1)]), "missing_columns"),
        (a_workbook([(*HEAD,), (110199199003121013, "考生0", "", "理论", 70)]), "digits_lost"),
    ):
        with pytest.raises(Refused) as no:
            bring_file(content, "x.xlsx", by=acting(house.maker), now=MARKING)
        assert no.value.codes == {code}


def test_the_same_file_twice_changes_nothing_and_says_so(session, window, house):
    people(window, house, 1)
    content = a_file(("T0000T", "考生0", "", "理论", 78))
    apply(window, house, content)
    again, file = stage(window, house, content, "copy.xlsx")
    assert again.known
    with pytest.raises(Refused) as no:
        apply_marks(again.token, file.digest, file.table, by=acting(house.maker), now=MARKING)
    assert no.value.codes == {"file_known"}
    assert session.query(MarkEntry).count() == 1


def test_applying_is_bound_to_the_file_that_was_shown_and_to_who_brought_it(window, house):
    people(window, house, 1)
    staged, file = stage(window, house, a_file(("T0000T", "考生0", "", "理论", 78)))
    with pytest.raises(Refused) as no:
        apply_marks(staged.token, "0" * 64, file.table, by=acting(house.maker), now=MARKING)
    assert no.value.codes == {"file_moved_on"}
    other = a_colleague("result_maker", name="luru2")
    with pytest.raises(NotFound):
        apply_marks(staged.token, file.digest, file.table, by=other, now=MARKING)
    abandon_marks(staged.token, by=acting(house.maker), now=MARKING)
    with pytest.raises(Refused):
        apply_marks(staged.token, file.digest, file.table, by=acting(house.maker), now=MARKING)


def test_marks_are_not_kept_in_the_preview_nor_in_the_audit(session, window, house):
    people(window, house, 1)
    staged, file = stage(window, house, a_file(("T0000T", "考生0", "", "理论", 73)))
    row = session.scalars(select(StagedImport).where(StagedImport.token == staged.token)).one()
    assert "73" not in str(row.accepted)
    assert not [one for one in session.query(AuditEntry) if "73" in str({**one.details, "sha256": ""})]
    assert preview_marks(db.session(), window.code, file.table).matched[0].entered == points(73)


def test_absent_in_the_file_and_absent_here_is_nothing_to_enter(session, window, house):
    people(window, house, 1, theory="absent")
    outcomes, _digest = apply(
        window, house, a_file(("T0000T", "考生0", "", "理论", "缺考"), ("T0000P", "考生0", "", "实践", 70))
    )
    assert [one.outcome for one in outcomes] == ["done"]
    assert session.query(MarkEntry).count() == 1


def a_large_import(window, house, number=26):
    people(window, house, number, practical=None)
    marks = {f"T{one:04d}T": 50 + one for one in range(number)}
    _outcomes, digest = apply(
        window, house, a_file(*[(key, f"考生{int(key[1:5])}", "", "理论", mark) for key, mark in marks.items()])
    )
    return digest


def keyed_again(window, house, digest, change=0, only=None):
    """The second person keys what must be checked, as the body's list has it (or off by `change`)."""
    required = import_check(db.session(), digest, MARKING)
    rows = [one for one in required.rows if one.reference in (only or required.unchecked)]
    typed = [TypedMark(one.reference, points(one.entries[0].mark / 10 + change)) for one in rows]
    check_marks(sitting_code(window, "theory"), typed, by=acting(house.checker), now=MARKING)
    return len(rows)


def test_after_the_near_marks_and_the_sample_agree_the_rest_is_accepted_by_the_second_person(session, window, house):
    digest = a_large_import(window, house)
    check = import_check(session, digest, MARKING)
    assert len(check.required) == 7 + 10, "57 to 63 points, and ten of the rest"
    with pytest.raises(Refused) as no:
        accept_rest(digest, by=acting(house.checker), now=MARKING)
    assert no.value.codes == {"sample_unfinished"}
    keyed_again(window, house, digest)
    with pytest.raises(Refused):
        accept_rest(digest, by=acting(house.maker), now=MARKING)
    assert accept_rest(digest, by=acting(house.checker), now=MARKING) == 9
    assert set(session.scalars(select(Result.state))) == {"checked"}
    assert sorted(session.scalars(select(Result.mark))) == [500 + 10 * one for one in range(26)]


def test_one_difference_means_that_every_mark_of_the_file_is_keyed_again(session, window, house):
    digest = a_large_import(window, house)
    one = min(import_check(session, digest, MARKING).required)
    keyed_again(window, house, digest, change=1, only={one})
    with pytest.raises(Refused) as no:
        accept_rest(digest, by=acting(house.checker), now=MARKING)
    assert no.value.codes == {"sample_differs"}
    assert len(import_check(session, digest, MARKING).unchecked) == 25


def test_an_import_is_taken_back_whole_until_somebody_begins_to_check_and_may_come_again(session, window, house):
    people(window, house, 2, practical=None)
    content = a_file(("T0000T", "考生0", "", "理论", 78), ("T0001T", "考生1", "", "理论", 66))
    _outcomes, digest = apply(window, house, content)
    token = session.scalars(select(StagedImport.token)).one()
    with pytest.raises(Refused):
        undo_marks(token, by=acting(house.maker), now=MARKING, reason="")
    assert undo_marks(token, by=acting(house.maker), now=MARKING, reason="The body sent an older list") == 2
    assert set(session.scalars(select(Result.state))) == {"pending"}
    outcomes, _digest = apply(window, house, content)
    assert [one.outcome for one in outcomes] == ["done", "done"]
    keyed_again(window, house, digest, only={outcomes[0].reference})
    with pytest.raises(Refused) as no:
        undo_marks(
            session.scalars(select(StagedImport.token).where(StagedImport.applied_at.is_not(None))).one(),
            by=acting(house.maker),
            now=MARKING,
            reason="Too late",
        )
    assert no.value.codes == {"already_checking"}


def test_the_policy_is_a_dated_setting_of_the_administrator(session, house):
    assert policy_at(session, MARKING) == CheckPolicy(30, 5, 10)
    admin = a_colleague("administrator", name="admin")
    with pytest.raises(Refused):
        set_check_policy(CheckPolicy(50, 10, 20), by=acting(house.maker), now=MARKING, reason="x")
    with pytest.raises(Refused):
        set_check_policy(CheckPolicy(50, 10, 0), by=admin, now=MARKING, reason="x")
    set_check_policy(CheckPolicy(50, 10, 20), by=admin, now=MARKING, reason="A new operator keys the file")
    assert policy_at(session, MARKING) == CheckPolicy(50, 10, 20)
    assert policy_at(session, MARKING.replace(year=2025)) == CheckPolicy()


def test_only_makers_bring_files(window, house):
    file = bring_file(a_file(("T0000T", "x", "", "理论", 1)), "m.xlsx", by=acting(house.checker), now=MARKING)
    with pytest.raises(Refused):
        stage_marks(window.code, file, by=acting(house.checker), now=MARKING)
