"""Lesson texts, written in Markdown by staff, as HTML that can hold nothing but text, lists, tables and links."""

from html import unescape

import markdown_it
import nh3
from markdown_it.token import Token
from markupsafe import Markup

# No raw HTML, no pictures from elsewhere, and no `style`: the pages' Content-Security-Policy forbids inline styles.
TAGS = {"h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "s",
        "a", "br", "hr", "table", "thead", "tbody", "tr", "th", "td"}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "th": {"scope"}}
SCHEMES = {"http", "https", "mailto"}
LOWEST_HEADING = 6

_parser = markdown_it.MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
_parser.disable("image")


def as_html(text: str, *, top_heading: int = 2, drop_title: bool = False) -> Markup:
    """The text as HTML. Its highest heading becomes h<top_heading>, so that the page keeps its one h1.

    `drop_title` leaves out a heading of the first level at the very beginning, where the page shows the title itself.
    """
    tokens = _parser.parse(text)
    if drop_title and tokens and tokens[0].tag == "h1":
        tokens = tokens[3:]  # opening, words, closing
    _shift_headings(tokens, top_heading)
    rendered = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(rendered, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer")
    return Markup(clean)  # noqa: S704 (nh3 has just cleaned it)


def as_plain(text: str) -> str:
    """The words alone, one line, for a search index or a preview."""
    return " ".join(unescape(nh3.clean(_parser.render(text), tags=set())).split())


def _shift_headings(tokens: list[Token], top: int) -> None:
    levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    shift = top - min(levels, default=top)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + shift, LOWEST_HEADING)}"
        if token.type == "th_open":
            token.attrs["scope"] = "col"
