"""Lesson texts: what staff write is shown, and nothing else runs."""

import pytest

from enroll.documents.markdown import as_html, as_plain

HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "[x](data:text/html,1)",
    "![x](https://evil.example/x.png)", "<style>*{}</style>", "[x](vbscript:1)", "<a href='javascript:1'>x</a>",
    "`<script>`", "[x]( java\nscript:alert(1))", "<https://x onmouseover=alert(1)>", '[a](https://x "onclick=1")',
]
FORBIDDEN = ["<script", "<img", "<style", 'href="javascript', 'href="data', 'href="vbscript', 'onerror="', 'onclick="']


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_lesson_runs_or_loads(text):
    html = as_html(text).lower()
    assert [one for one in FORBIDDEN if one in html] == []


def test_headings_lists_tables_and_links_are_kept():
    html = as_html("# 一\n\n## 二\n\n- 甲\n- 乙\n\n| 名 | 数 |\n|:--|--:|\n| a | 1 |\n\n"
                   "[官网](https://example.org)  ~~旧~~")
    for expected in ("<h2>一</h2>", "<h3>二</h3>", "<li>甲</li>", '<th scope="col">名</th>', "<td>1</td>", "<s>旧</s>",
                     '<a href="https://example.org" rel="noopener noreferrer">官网</a>'):
        assert expected in html
    assert "style" not in html


def test_the_page_keeps_its_one_h1_and_may_show_the_title_itself():
    text = "# 大模型能做什么\n\n## 先认识它\n\n正文"
    assert "<h1" not in as_html(text)
    html = as_html(text, drop_title=True)
    assert "大模型能做什么" not in html
    assert "<h2>先认识它</h2>" in html
    assert as_html("正文在前\n\n# 标题", drop_title=True) == as_html("正文在前\n\n# 标题")


def test_deep_headings_do_not_fall_off_the_end():
    assert "<h6>底</h6>" in as_html("# 顶\n\n###### 底", top_heading=4)


def test_words_alone_for_a_preview():
    assert as_plain("# 标题\n\n- **甲** <b>\n- 乙") == "标题 甲 <b> 乙"


@pytest.mark.parametrize("text", ["", "\n", "*" * 5000, "[" * 5000, "> " * 2000, "\x00", "- " * 1000])
def test_odd_texts_are_answered(text):
    assert isinstance(as_html(text), str)


