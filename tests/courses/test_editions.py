"""A learner finishes the edition they began; publishing freezes one and retires the one before."""

import pytest
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.courses.models.editions import Course, CourseEdition, CourseEditionMove, EditionBegun, Lesson, Module
from enroll.courses.queries.editions import edition_at, lesson_of_edition, unsound_editions
from enroll.courses.queries.lessons import lesson_at, lesson_by_code
from enroll.courses.queries.plan import courses_of, study_overview
from enroll.courses.rules.editions import EditionFacts, LessonFacts, edition_is_complete, edition_warnings
from enroll.courses.services.authoring import CourseWords, word_course, write_course
from enroll.courses.services.editions import make_next_edition, publish_edition, retire_edition, wording_faults
from enroll.courses.services.materials import correct_words
from enroll.courses.services.playing import study_lesson
from enroll.enrolments.models import Enrolment
from enroll.foundation.problems import Refused
from enroll.programmes.queries.wording import wordings
from enroll.storage.database import db, transaction
from tests.builders.courses import OFFICE, READING, the_courses
from tests.builders.study import a_person, a_student, acting
from tests.conftest import NOON
from tests.pages import press, text_of


def lesson(code, content="reading", **facts):
    return LessonFacts("M1", code, content, "knowledge", 30, **facts)


@pytest.mark.parametrize(("facts", "code"), [
    (EditionFacts(), "edition_empty"),
    (EditionFacts((lesson("L1"),), ("M2",)), "edition_empty"),
    (EditionFacts((lesson("L1", has_text=False),)), "lesson_unfinished"),
    (EditionFacts((lesson("L1", "quiz"),)), "lesson_unfinished"),
    (EditionFacts((lesson("L1", "practice"),)), "lesson_unfinished"),
    (EditionFacts((lesson("L1", needs=("L2",)), lesson("L2"))), "needs_later"),
    (EditionFacts((lesson("L1", needs=("M1",)),)), "needs_later"),
    (EditionFacts((lesson("L1", needs=("GONE",)),)), "needs_later"),
    (EditionFacts((lesson("L1"), lesson("L2", "quiz", has_quiz=True, needs=("L1",)))), ""),
])  # fmt: skip
def test_an_edition_is_published_only_when_every_lesson_can_be_done(facts, code):
    found = edition_is_complete(facts)
    assert (found.code if found else "") == code
    assert {one.code for one in edition_warnings(EditionFacts((lesson("L1", "video", has_text=False),)))} == {
        "no_text", "no_quiz", "no_video"}


def minutes_of(enrolment_id, course):
    return next(one for one in study_overview(db.session(), enrolment_id).courses if one.code == course).minutes


def test_a_learner_finishes_the_edition_they_began_and_the_next_one_begins_the_new(session):
    first, second = a_student("first").id, a_student("second").id
    the_courses()
    study_lesson(first, READING.lesson, NOON, by=OFFICE)

    writer, other = (acting(a_person(name, Role.TRAINER)) for name in ("writer", "other"))
    assert make_next_edition("G1", "合规更新", by=writer, now=NOON) == 2
    with pytest.raises(Refused) as refused:
        make_next_edition("G1", "", by=OFFICE, now=NOON)
    assert refused.value.problems[0].code == "draft_there"
    with transaction() as session:
        draft = edition_at(session, "G1", 2)
        changed = lesson_of_edition(session, draft.id, READING.lesson)
        changed.minutes, changed.title, changed.text = 60, "红线（新版）", "官方指定，包过。"
    with pytest.raises(Refused) as refused:
        publish_edition("G1", 2, by=OFFICE, now=NOON)
    assert {one.code for one in refused.value.problems} == {"advertising"}
    assert "广告法" in str(refused.value.problems[0].words.values)
    why = "正文引用了被禁止的说法作反例"
    with pytest.raises(Refused, match="second_person"):  # who began the draft does not stand for it alone
        publish_edition("G1", 2, by=writer, now=NOON, reason=why)
    publish_edition("G1", 2, by=other, now=NOON, reason=why)
    for changed in (("还是红线", "稳妥", None), ("国家标准课", "稳妥", "title"), ("红线", "押题", "text")):
        title, text, wrong = changed
        if wrong is None:
            correct_words("G1", 2, READING.lesson, title, text, "改字", by=writer, now=NOON)
            continue
        with pytest.raises(Refused) as refused:  # a correction brings no such word in
            correct_words("G1", 2, READING.lesson, title, text, "改字", by=writer, now=NOON)
        assert [one.field for one in refused.value.problems] == [wrong]
    correct_words("G1", 2, READING.lesson, "红线（新版）", "稳妥", "改字", by=writer, now=NOON)
    role = {"roles": [{"title": "专员", "level": "国家级", "needs": []}]}
    for words, wrong in ((CourseWords("全国统考速成"), "title"), (CourseWords("AI职场通识", summary="保过"), "summary"),
                         (CourseWords("AI职场通识", career=role), "roles")):
        with pytest.raises(Refused) as refused:
            word_course("G1", words, by=writer, now=NOON)
        assert {one.field for one in refused.value.problems} == {wrong}

    session = db.session()
    states = dict(session.execute(select(CourseEdition.number, CourseEdition.state).join(CourseEdition.course).where(
        CourseEdition.reference.like("G1-%"))).all())
    assert states == {1: "retired", 2: "published"}
    kept = session.scalars(select(CourseEditionMove).where(CourseEditionMove.move == "publish").order_by(
        CourseEditionMove.id.desc())).first()
    assert kept.reason == "正文引用了被禁止的说法作反例"

    mine = lesson_at(session, session.get_one(Enrolment, first), READING)
    theirs = lesson_at(session, session.get_one(Enrolment, second), READING)
    assert (mine.minutes, mine.title) == (30, "职场用AI的红线")
    assert (theirs.minutes, theirs.title) == (60, "红线（新版）")
    assert minutes_of(second, "G1") == minutes_of(first, "G1") + 30
    assert lesson_by_code(session, READING.lesson, first).id == mine.id
    assert study_overview(session, first).next.code != READING.lesson, "what is done in the first edition stays done"

    study_lesson(second, READING.lesson, NOON, by=OFFICE)
    begun = dict(db.session().execute(select(EditionBegun.enrolment_id, CourseEdition.number).join(
        CourseEdition, CourseEdition.id == EditionBegun.edition_id)).all())
    assert begun == {first: 1, second: 2}
    assert list(unsound_editions(db.session())) == []

    retire_edition("G1", 2, by=OFFICE, now=NOON, reason="停课")
    third = a_student("third").id
    assert "G1" not in {one.code for one in study_overview(db.session(), third).courses}
    assert minutes_of(second, "G1") == minutes_of(first, "G1") + 30, "who began it finishes it"
    codes = db.session().scalars(select(Lesson.code).join(Module).where(Lesson.code == READING.lesson)).all()
    assert len(codes) == 2


def test_a_quotation_in_what_a_course_is_called_waits_for_a_second_person_and_stands_from_then_on(session, sign_in):
    a_student("first")
    the_courses()
    writer, other = (a_person(name, Role.TRAINER) for name in ("writer", "other"))
    write_course("CAIP", "D9", "direction", CourseWords("“包过”广告的识别", summary="举例“速成”",
                 career={"suits": ["看过“押题”广告的人"]}), by=acting(writer), now=NOON)
    page = text_of(sign_in(writer).get("/staff/courses/D9"))
    assert all(word in page for word in ("包过", "速成", "押题"))
    found = edition_at(session, "D9", 1)
    assert {word for fault in wording_faults(found, wordings(session, NOON.date()))
            for word in dict(fault.words.values)["words"]} == {"包过", "速成", "押题"}
    assert "D9" not in {one.code for one in courses_of(session, found.course.programme_id)}, "nobody chooses it yet"
    found.published_at = NOON  # as the second person's press leaves it
    session.commit()
    word_course("D9", CourseWords("识别“包过”广告", summary="“速成”为例"), by=acting(writer), now=NOON)
    staff = sign_in(other)
    answer = press(staff, "/staff/courses/D9/words", "/words", title="识别“包过”与“保过”", summary="写了很久的简介")
    assert answer.status_code == 422
    assert all(word in answer.get_data(as_text=True) for word in ("写了很久的简介", "保过"))
    assert session.scalar(select(Course.title).where(Course.code == "D9")) == "识别“包过”广告"
