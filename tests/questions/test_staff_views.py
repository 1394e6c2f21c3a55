"""The bank's pages: the list, a question and its editions, files in and out, mock exams; what is refused."""

from dataclasses import replace
from io import BytesIO

import pytest
from sqlalchemy import select

from enroll.accounts.permissions import Role
from enroll.audit.models import AuditEntry
from enroll.foundation.problems import Refused
from enroll.questions.models import BankQuestion, QuestionEdition, Quiz
from enroll.questions.queries.bank import as_new, question_by_code
from enroll.questions.rules.questions import Alike, NewQuestion, digest_of, normalised, pieces_of
from enroll.questions.services.bank import add_question, add_questions, edit_question, move_question
from tests.at_once import at_once
from tests.builders.quizzes import BANKER, a_bank, a_mock_exam, the_modules
from tests.builders.study import a_person, a_student
from tests.conftest import NOON
from tests.pages import fetched, fields_of, form_on, press, soup, text_of

SHOW = "/staff/bank/questions/G1-M1-single-0"
TYPED = {"kind": "single", "topic": "G1-M1", "difficulty": "2", "stem": "下列哪项最能降低无依据的编造？", "right": "B",
         "option_a": "写得更长", "option_b": "要求列出所依据的资料", "explanation": "限定依据。", "source": "自编"}
GIFT = """// [tag:topic=G1-M2] [tag:difficulty=2]
::GI-1::检索增强生成可以让回答更可追溯。{T####因为附有来源。}

连线。{=甲->一 =乙->二}

single题0？{=选项A0 ~选项B0 ~选项C0 ~选项D0}
"""


@pytest.fixture
def trainer(session, sign_in):
    a_student()
    the_modules()
    a_bank()
    return sign_in(a_person("jiaowu", Role.TRAINER))


def question(session, code="G1-M1-single-0"):
    session.rollback()
    return question_by_code(session, code)


def test_the_list_finds_by_words_module_type_difficulty_and_state(trainer):
    add_questions([NewQuestion("X-1", "fill", "G1-M2", "general", "百分号 100% 怎么读？", ("百分之百",), difficulty=3)],
                  by=BANKER, now=NOON)
    for query in ("q=100%25", "q=x-1", "topic=G1-M2", "kind=fill", "difficulty=3", "state=published&topic=G1-M2"):
        links = [link["href"] for link in soup(trainer.get(f"/staff/bank?{query}")).select("tbody th a")]
        assert links == ["/staff/bank/questions/X-1"], query
    for query in ("q=zzz", "state=retired", "kind=short", "q=%00"):
        assert not soup(trainer.get(f"/staff/bank?{query}")).select("tbody a"), query


def test_long_lists_come_in_pages(trainer):
    a_bank("G1-M2", single=40, multiple=0, judge=0)
    page = trainer.get("/staff/bank")
    assert len(soup(page).select("tbody tr")) == 30
    assert len(soup(trainer.get(soup(page).find("a", rel="next")["href"])).select("tbody tr")) == 20


def test_a_question_is_added_as_a_draft_seen_as_learners_see_it_and_put_into_use(session, trainer):
    address = press(trainer, "/staff/bank/new", **TYPED).location
    assert address == "/staff/bank/questions/Q000001"
    assert question(session, "Q000001").state == "draft"
    page = text_of(trainer.get(address))
    assert "学员看到的样子" in page
    assert "限定依据。" in page
    press(trainer, address, "/publish")
    assert question(session, "Q000001").state == "published"
    acts = session.scalars(select(AuditEntry.act).where(AuditEntry.subject == "Q000001").order_by(AuditEntry.seq)).all()
    assert acts == ["bank_question.begin", "bank_question.publish"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"stem": ""}, "题干"), ({"right": "D"}, "选项"), ({"right": "AB"}, "多选题"),
        ({"option_b": "写得更长"}, "内容相同"),
        ({"kind": "judge"}, "选项"), ({"kind": "short"}, "请填写答案"), ({"stem": "长" * 5000}, "2000"),
        ({"stem": "a\x00b"}, "字符"), ({"kind": "match"}, "题型"),
        ({"topic": "Z9"}, "模块"), ({"difficulty": "9"}, "难度"),
    ],
)
def test_what_cannot_be_asked_is_said_and_what_was_typed_stays(trainer, changes, words):
    page = press(trainer, "/staff/bank/new", **(TYPED | changes))
    assert page.status_code == 422
    assert words in text_of(page)
    assert "限定依据。" in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [({"kind": "judge", "truth": "F"}, ["F"]), ({"kind": "fill", "accepted": "RAG\n 检索增强"}, ["RAG", "检索增强"]),
     ({"kind": "short", "model": "先列依据。"}, ["先列依据。"]),
     ({"kind": "multiple", "right": "ba", "option_c": "丙"}, ["A", "B"]), ({"right": "=1+1"}, None)],
)
def test_each_type_takes_its_own_answer(session, trainer, typed, answer):
    page = press(trainer, "/staff/bank/new", **(TYPED | typed))
    assert page.status_code == (303 if answer else 422)
    assert answer is None or question(session, "Q000001").answer == answer


def test_wording_a_question_anew_makes_an_edition_and_keeps_the_old_one(session, trainer):
    press(trainer, f"{SHOW}/edit", stem="改过的题干？", alike_too="y")
    assert [(one.number, one.stem) for one in session.scalars(select(QuestionEdition).join(
        BankQuestion, BankQuestion.id == QuestionEdition.question_id).where(BankQuestion.code == "G1-M1-single-0")
        .order_by(QuestionEdition.number))] == [(1, "single题0？"), (2, "改过的题干？")]
    page = text_of(trainer.get(SHOW))
    assert "历史版本" in page
    assert "single题0？" in page


def test_saving_without_a_change_makes_no_edition(session, trainer):
    press(trainer, f"{SHOW}/edit")
    assert question(session).edition == 1


def test_a_stale_form_is_a_409_that_keeps_what_was_typed(session, trainer):
    form = fields_of(form_on(trainer.get(f"{SHOW}/edit"), "/edit"))
    press(trainer, f"{SHOW}/edit", stem="先改的题干？", alike_too="y")
    page = trainer.post(f"{SHOW}/edit", data=form | {"stem": "后改的题干？", "alike_too": "y"})
    assert page.status_code == 409
    assert "后改的题干？" in page.get_data(as_text=True)
    assert question(session).stem == "先改的题干？"


def test_the_same_question_is_refused_and_a_nearly_same_one_asks_first(session, trainer):
    press(trainer, "/staff/bank/new", **TYPED)
    page = press(trainer, "/staff/bank/new", **(TYPED | {"stem": "下列 哪项最能降低，无依据的编造", "right": "B"}))
    assert "Q000001" in text_of(page)
    assert "同一道题" in text_of(page)
    near = TYPED | {"stem": "下列哪项最能降低无依据的编造呢？"}
    page = press(trainer, "/staff/bank/new", **near)
    assert "高度相似" in text_of(page)
    assert press(trainer, "/staff/bank/new", **(near | {"alike_too": "y"})).status_code == 303


def test_retiring_asks_a_reason_and_restoring_gives_a_draft(session, trainer):
    assert press(trainer, SHOW, "/retire").status_code == 422
    press(trainer, SHOW, "/retire", reason="过时")
    assert question(session).state == "retired"
    assert "过时" in text_of(trainer.get(SHOW))
    assert "G1-M1-single-0" not in text_of(trainer.get("/staff/bank"))
    press(trainer, SHOW, "/restore")
    assert question(session).state == "draft"


def test_the_auditor_sees_the_bank_and_changes_nothing(trainer, sign_in):
    auditor = sign_in(a_person("auditor", Role.AUDITOR))
    for address in ("/staff/bank", SHOW, "/staff/bank/mock-exams"):
        page = auditor.get(address)
        assert page.status_code == 200
        assert not [form for form in soup(page).select("main form") if form.get("method") == "post"], address
    for address in ("/staff/bank/new", f"{SHOW}/edit", "/staff/bank/import", "/staff/bank/export.xlsx"):
        assert auditor.get(address).status_code == 403


# Files.

def brought(trainer, content, form="gift", name="题目.txt", **typed):
    page = trainer.get("/staff/bank/import")
    sent = fields_of(form_on(page, "/import")) | {"format": form} | typed
    return trainer.post("/staff/bank/import", data=sent | {"file": (BytesIO(content), name)})


def test_a_file_is_shown_with_its_faults_before_it_is_taken_in_and_then_once(session, trainer):
    address = brought(trainer, GIFT.encode()).location
    page = text_of(trainer.get(address))
    assert "不支持匹配题" in page
    assert "G1-M1-single-0 已是同一道题" in page or "没有“”这个模块" in page
    assert question(session, "GI-1") is None
    press(trainer, address, "/apply", into="drafts")
    assert (question(session, "GI-1").state, question(session, "GI-1").topic) == ("draft", "G1-M2")
    assert session.scalar(select(AuditEntry).where(AuditEntry.act == "questions.import")).details["taken"] == 1
    again = brought(trainer, GIFT.encode())
    assert again.location == address
    assert "已于" in text_of(trainer.get(address))


def test_a_chosen_module_takes_what_names_none_and_can_go_straight_into_use(session, trainer):
    text = "新题一？\nA. 甲\nB. 乙\nANSWER: B\n"
    address = brought(trainer, text.encode("gb18030"), "aiken", topic="G1-M2", difficulty="3").location
    press(trainer, address, "/apply", into="use")
    one = question(session, "Q000001")
    assert (one.state, one.topic, one.section, one.difficulty) == ("published", "G1-M2", "general", 3)
    assert one.answer == ["B"]


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"PK\x03\x04broken"])
@pytest.mark.parametrize("form", ["xlsx", "gift", "aiken"])
def test_a_file_that_is_none_is_refused_on_the_page(trainer, content, form):
    assert brought(trainer, content, form).status_code == 422


def test_what_is_exported_can_be_brought_in_again_by_another_office(session, trainer):
    workbook = fetched(trainer, "/staff/bank/export.xlsx").data
    gift = fetched(trainer, "/staff/bank/export.gift.txt").data
    aiken = fetched(trainer, "/staff/bank/export.aiken.txt?kind=judge").data.decode()
    assert aiken.count("ANSWER:") == 2
    for content, form in ((workbook, "xlsx"), (gift, "gift")):
        page = text_of(trainer.get(brought(trainer, content, form).location))
        assert page.count("已有题目") == 10 or page.count("G1-M1-single-0") >= 1


def test_another_kind_of_import_is_not_there(trainer):
    assert trainer.get("/staff/bank/import/9F3kQ2mXw7Tn4Zb1Lc8Rd5").status_code == 404


# Mock exams.

PLAN = {"code": "MOCK-9", "title": "小卷", "title_en": "Small paper", "minutes": "30", "source": "演示默认值",
        "row-1-kind": "single", "row-1-count": "4", "row-1-points": "5",
        "row-2-kind": "multiple", "row-2-count": "2", "row-2-points": "4", "row-2-partial": "2"}


def test_a_mock_exam_is_planned_by_rows_and_ended(session, trainer):
    assert press(trainer, "/staff/bank/mock-exams/new", **PLAN).location == "/staff/bank/mock-exams"
    session.rollback()
    quiz = session.scalar(select(Quiz).where(Quiz.code == "MOCK-9"))
    assert [(one["kind"], one["count"], one["points"], one["partial"]) for one in quiz.blueprint] == [
        ("single", 4, 5, 0), ("multiple", 2, 4, 2)]
    page = text_of(trainer.get("/staff/bank/mock-exams"))
    assert "少选得 2 分" in page
    assert "演示默认值" in page
    press(trainer, "/staff/bank/mock-exams", "/MOCK-9/end")
    assert "已停止开放" in text_of(trainer.get("/staff/bank/mock-exams"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"row-1-count": "99"}, "还差"), ({"row-1-count": "", "row-2-count": ""}, "至少"),
     ({"row-2-partial": "4"}, "第 2 行"),
     ({"code": "一号"}, "题号"), ({"minutes": "0"}, ""), ({"row-1-points": "x"}, ""), ({"code": "MOCK-1"}, "已有")],
)
def test_a_paper_that_cannot_be_drawn_is_not_planned(session, trainer, changes, words):
    a_mock_exam()
    page = press(trainer, "/staff/bank/mock-exams/new", **(PLAN | changes))
    assert page.status_code == 422
    assert words in text_of(page)


# The services, and the rules beneath.

@pytest.mark.parametrize("text", ["RAG", " r a g ", "ＲＡＧ", "rag"])
def test_typed_answers_are_compared_without_case_spaces_and_width(text):
    assert normalised(text) == "rag"


def test_nearly_the_same_is_found_and_something_else_is_not():
    def asked(stem):
        return pieces_of(NewQuestion("", "fill", "", "", stem, ("x",)))
    finder = Alike()
    finder.add("A", asked("用AI润色正式汇报后，必须由本人完成的一步是？"))
    assert finder.nearest(asked("用AI润色正式的汇报后，必须由本人完成的一步是什么？")) == "A"
    assert finder.nearest(asked("给二十份文档做摘要，最能保证可核查的做法是？")) is None
    assert finder.nearest(asked("用AI润色正式汇报后，必须由本人完成的一步是？"), but="A") is None


def test_order_of_options_punctuation_and_width_make_no_other_question():
    one = NewQuestion("", "single", "", "", "一，二？", ("A",), {"A": "甲", "B": "ＡＢ"})
    other = replace(one, stem="一二", options={"A": "ab", "B": "甲。"}, answer=("B",))
    assert digest_of(one) == digest_of(other)
    assert digest_of(one) != digest_of(replace(one, stem="一三"))


def test_two_who_add_the_same_question_at_once_add_it_once(app, session, trainer):
    new = NewQuestion("", "judge", "G1-M1", "general", "同时新增的题。", ("T",))
    session.rollback()
    outcomes = at_once(app, *[lambda: add_question(new, by=BANKER, now=NOON)] * 4)
    assert sum(isinstance(one, str) for one in outcomes) == 1
    assert {type(one) for one in outcomes} == {str, Refused}


def test_two_who_word_a_question_anew_at_once_make_one_edition(app, session, trainer):
    known = as_new(question(session))
    session.rollback()
    outcomes = at_once(app, *[
        lambda stem=stem: edit_question("G1-M1-single-0", replace(known, stem=stem), by=BANKER, now=NOON, version=2,
                                        alike_too=True) for stem in ("改甲？", "改乙？")])
    assert sorted(type(one).__name__ for one in outcomes) == ["NoneType", "Stale"], outcomes
    assert question(session).edition == 2


def test_a_move_without_the_permission_is_refused(session, trainer):
    learner = a_person("somebody", Role.LEARNER).actor_at(NOON)
    with pytest.raises(Refused):
        move_question("G1-M1-single-0", "retire", by=learner, now=NOON, reason="x")
