"""A trainer writes a small course and publishes it; a learner studies it and finishes it although a second edition has
come meanwhile; the next learner begins the second. Through the pages only; the seconds of study are the server's."""

import io
from datetime import timedelta

import pytest
from werkzeug.datastructures import FileStorage

from enroll.accounts.permissions import Role
from tests.builders.courses import the_courses
from tests.builders.study import a_person, a_student, account_of
from tests.conftest import NOON
from tests.pages import fetched, fields_of, form_on, press, soup, text_of

pytestmark = pytest.mark.one_database  # the main road runs on both
DESK = "/staff/courses"
RUBRIC = "要求的内容都有 | Complete | 60\n过程可追溯 | Traceable | 40"


def sent(browser, address, action, **typed):
    """Press a form of a page and follow where it leads."""
    answer = press(browser, address, action, **typed)
    assert answer.status_code == 303, text_of(answer)
    return answer.location


def written(browser, number, title, minutes, *, content="reading", **more):
    """A lesson of the first module; the preview is what one lands on."""
    new = f"{DESK}/G9/{number}/modules/G9-M1/new"
    place = sent(browser, new, "", title=title, minutes=str(minutes), content=content, **more)
    assert title in text_of(browser.get(place))
    return place


def studies_to_the_end(app, browser, lesson, minutes):
    """What the player does: a session, and heartbeats until the server says that the lesson is complete."""
    box = soup(browser.get(lesson)).select_one("[data-study]")
    assert box is not None, f"{lesson} does not count"
    clock, now, token = app.extensions["clock"], app.extensions["clock"].now(), str(box["data-token"])
    beats = browser.post(str(box["data-start"]), data={"csrf_token": token}).get_json()["beats"]
    heard = {"state": "counting"}
    for seq in range(1, minutes + 2):
        now += timedelta(seconds=60)
        clock.set(now)
        more = {"present": "y"} if heard["state"] == "check" else {}
        heard = browser.post(beats, data={"csrf_token": token, "seq": seq, "playing": "y", **more}).get_json()
        if heard["state"] == "ended":
            break
    assert heard["why"] == "completed", heard


def test_a_course_is_written_studied_and_followed_by_a_second_edition(app, session, sign_in):
    first, second = a_student("first"), a_student("second")
    the_courses()
    trainer = sign_in(a_person("trainer", Role.TRAINER))

    # A course with a module, three lessons and a practice, all typed into pages.
    draft = sent(trainer, f"{DESK}/new", "", code="G9", title="数据思维", section="general", summary="先看数据。")
    assert "还没有模块" in text_of(trainer.get(draft))
    sent(trainer, draft, "/modules", title="看懂数据")
    refused = press(trainer, f"{DESK}/G9/1/modules/G9-M1/new", "", title="空", minutes="481", content="quiz")
    assert refused.status_code == 422
    assert "请填写 1 到 480 分钟" in text_of(refused)
    assert "请选择题库中的一个随堂测验" in text_of(refused)
    written(trainer, 1, "读表", 2, text="# 读表\n\n**口径**先看清。")
    written(trainer, 1, "画图", 3, text="图表。", needs=["G9-M1-L1"])
    written(trainer, 1, "作业", 60, content="practice", kind="practice", text="交一份报告。", rubric=RUBRIC,
            deliverables="报告 PDF（不超过20MB）")
    sent(trainer, draft, "/G9-M1-P1/up")  # the practice goes before the second lesson …
    sent(trainer, draft, "/G9-M1-P1/down")  # … and back
    page = trainer.get(f"{DESK}/G9/1/G9-M1-L1")
    assert soup(page).select_one("article strong").get_text() == "口径"
    form = form_on(page, "/attachments")
    kept = trainer.post(form["action"], data=fields_of(form) | {
        "title": "练习数据", "file": FileStorage(io.BytesIO(b"a,b\n1,2\n"), "data.csv")})
    assert kept.status_code == 303
    form = form_on(page, "/attachments")
    wrong = trainer.post(form["action"], data=fields_of(form) | {"file": FileStorage(io.BytesIO(b"MZ"), "a.pdf")})
    assert wrong.status_code == 422

    # Nobody studies a draft; publishing shows it to whoever begins.
    one, two = (sign_in(account_of(who), app.test_client()) for who in (first, second))
    assert one.get("/study/G9/G9-M1-L1").status_code == 404
    sent(trainer, draft, "/publish")
    assert "数据思维" in text_of(one.get("/study"))

    # What must come first is said with its link, and refused to a player that does not ask the page.
    page = one.get("/study/G9/G9-M1-L2")
    assert "完成以下小节后" in text_of(page)
    assert soup(page).select_one("main a[href='/study/G9/G9-M1-L1']")
    token = fields_of(form_on(one.get("/study"), "/study/direction"))["csrf_token"]
    assert one.post("/study/G9/G9-M1-L2/sessions", data={"csrf_token": token}).status_code == 409
    link = soup(one.get("/study/G9/G9-M1-L1")).select_one("#attachments a")["href"]
    assert fetched(one, link).get_data() == b"a,b\n1,2\n"
    app.extensions["clock"].set(NOON)
    studies_to_the_end(app, one, "/study/G9/G9-M1-L1", 2)

    # The second edition: other minutes, a forbidden word that needs its reason, a lesson fewer.
    draft = sent(trainer, f"{DESK}/G9", "/next", note="口径更新")
    assert trainer.get(f"{DESK}/G9/1/G9-M1-L1/edit").status_code == 200, "the page says why it cannot be kept"
    frozen = press(trainer, f"{DESK}/G9/1/G9-M1-L1/edit", "", title="改")
    assert "不是草稿" in text_of(frozen)
    sent(trainer, f"{DESK}/G9/2/G9-M1-L1/edit", "", title="读表（新）", minutes="4", text="别信包过的广告。")
    assert "第 1 行“包过”" in text_of(trainer.get(f"{DESK}/G9/2/G9-M1-L1"))
    sent(trainer, draft, "/G9-M1-L2/remove")
    # Who wrote it does not stand for it alone.
    colleague = sign_in(a_person("colleague", Role.TRAINER), app.test_client())
    assert "包过" in text_of(press(colleague, draft, "/publish", reason=""))
    sent(colleague, draft, "/publish", reason="引用作反例")

    # The first learner finishes the first edition, with its minutes; the second begins the second.
    assert "读表（新）" not in text_of(one.get("/study"))
    studies_to_the_end(app, one, "/study/G9/G9-M1-L2", 3)
    assert "已计入" in text_of(one.get("/study/G9/G9-M1-L2")) or "已学完" in text_of(one.get("/study/G9/G9-M1-L2"))
    assert two.get("/study/G9/G9-M1-L2").status_code == 404
    studies_to_the_end(app, two, "/study/G9/G9-M1-L1", 4)

    # A slip of the pen is mended in the edition that is published, and what stood there is kept.
    sent(trainer, f"{DESK}/G9/2/G9-M1-L1/wording", "", text="别信承诺包过的广告。", reason="漏字")
    assert "别信包过的广告" in text_of(trainer.get(f"{DESK}/G9/2/G9-M1-L1"))
    assert "承诺包过" in text_of(two.get("/study/G9/G9-M1-L1"))
    row = text_of(trainer.get(f"{DESK}?q=G9"))
    assert "第 1 版" in row
    assert "数据思维" in row
    for role, answer in ((Role.AUDITOR, 200), (Role.ADMINISTRATOR, 200), (Role.FINANCE, 403)):
        assert sign_in(a_person(f"a-{role}"[:12], role), app.test_client()).get(DESK).status_code == answer


def test_a_learner_keeps_notes_that_nobody_else_reads(app, session, sign_in):
    mine, other = a_student("mine"), a_student("other")
    the_courses()
    me = sign_in(account_of(mine))
    lesson = "/study/G1/G1-M1-L4"
    assert press(me, lesson, "/note", note="x" * 20_001).status_code == 422
    sent(me, lesson, "/note", note="红线三条：保密、版权、个人信息")
    assert "红线三条" in text_of(me.get(lesson))
    assert "红线三条" in text_of(me.get("/study/notes?q=版权"))
    assert "没有找到笔记" in text_of(me.get("/study/notes?q=100%25"))
    assert "红线三条" in fetched(me, "/study/notes.md").get_data(as_text=True)
    stranger = sign_in(account_of(other), app.test_client())
    assert "红线三条" not in text_of(stranger.get("/study/notes")) + text_of(stranger.get(lesson))
    sent(me, lesson, "/note", note="")
    assert "没有找到笔记" in text_of(me.get("/study/notes"))
