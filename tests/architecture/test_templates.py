"""Templates are safe under the strict content policy, say nothing outside the catalogues, and decide nothing."""

import re
from html.parser import HTMLParser

from tests.architecture.the_tree import ENROLL, TEMPLATES, name_of, refuse
from tests.architecture.the_words import CHINESE

PAGES = sorted(TEMPLATES.rglob("*.html"))
SCRIPTS = sorted((ENROLL / "static").rglob("*.js"))
JINJA_COMMENT = re.compile(r"\{#.*?#\}", re.S)
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.S)
TRANS = re.compile(r"\{%-?\s*trans\b.*?%\}.*?\{%-?\s*endtrans\s*-?%\}", re.S)
FORBIDDEN = {
    r"<style\b": "styles stand in enroll/static; a <style> is refused by the browser",
    r"\sstyle\s*=": "use a class; a width that is data goes into <progress> or an SVG attribute",
    r"<[a-zA-Z][^>]*\son[a-z]+\s*=": "a script in enroll/static listens to the element by its data- attribute",
    r"<script(?![^>]*\bsrc=)": "scripts stand in enroll/static and are named by src",
    r"""["'(]data:""": "pictures stand in enroll/static or come from a route",
    r"javascript:": "a link has an address, an action is a form",
    r"\|\s*safe\b": "cleaned text comes from the program as Markup",
}
DECISIONS = {
    r"\.role\b|\.roles\b|has_role": "templates never compare roles; the view hands in what may be done",
    r"\.query\b|session\.(execute|scalars|get)\(": "a template gets finished values, it asks no database",
    r"\bnow\(\)|\butcnow\b|timedelta": "dates are worked out before the template",
}
READ_ALOUD = {"alt", "title", "placeholder", "aria-label", "aria-description", "aria-roledescription"}
SAID_IN_EVERY_LANGUAGE = {"Enroll", "CAIP", "AIE", "PDF", "CSV", "XLSX", "JPEG", "PNG", "JSON", "API", "GIFT", "Aiken"}
SAID_IN_EVERY_LANGUAGE |= {"English", "EN", "ID", "IP", "SHA", "UTC", "URL", "MB", "kB", "QR", "ICS", "Enter", "Esc"}


def lines_kept(match: re.Match[str]) -> str:
    """Take something out of a page and leave its line breaks, so that line numbers stay true."""
    return "\n" * match.group().count("\n")


def test_a_template_holds_markup_and_nothing_else():
    found = []
    for path in PAGES:
        text = JINJA_COMMENT.sub(lines_kept, path.read_text())
        for pattern, why in (FORBIDDEN | DECISIONS).items():
            for match in re.finditer(pattern, text):
                line = text[: match.start()].count("\n") + 1
                found.append(f"{name_of(path)} line {line}: {match.group().strip()!r} - {why}")
    refuse(found, "Templates are safe under the strict content policy and decide nothing.")


def test_no_chinese_stands_outside_the_catalogues():
    found = []
    for path in [*PAGES, *SCRIPTS]:
        text = JINJA_COMMENT.sub(lines_kept, path.read_text())
        text = re.sub(r"^\s*(//|\*|/\*).*$", "", text, flags=re.M)
        for number, line in enumerate(text.splitlines(), 1):
            if CHINESE.search(line.replace("中文", "")):  # the language's own name, in the language switch
                found.append(f"{name_of(path)} line {number}: {line.strip()}")
    refuse(
        found,
        "Write _('English text') and its Chinese in the package's catalogue; a script gets its words from data- "
        "attributes.",
    )


class Said(HTMLParser):
    """Collects what a reader would see or hear of a page once everything from Jinja is taken away."""

    def __init__(self):
        super().__init__()
        self.said, self._silent = [], 0

    def handle_starttag(self, tag, attrs):
        self._silent += tag in {"script", "style", "code", "kbd"}
        self.said += [(self.getpos()[0], value) for name, value in attrs if name in READ_ALOUD and value]

    def handle_endtag(self, tag):
        self._silent -= tag in {"script", "style", "code", "kbd"}

    def handle_data(self, data):
        if not self._silent and data.strip():
            self.said.append((self.getpos()[0], data))


def test_no_english_stands_outside_the_catalogues():
    found = []
    for path in PAGES:
        page = Said()
        page.feed(JINJA.sub(lines_kept, TRANS.sub(lines_kept, JINJA_COMMENT.sub(lines_kept, path.read_text()))))
        found += [f"{name_of(path)} line {line}: {text.strip()!r}" for line, text in page.said if is_prose(text)]
    refuse(found, "Write _('…'), so that it can be said in Chinese.")


def is_prose(text: str) -> bool:
    """A capitalised word, or two words together; a lone lower-case word is a class name that a block hands up."""
    plain = re.sub(r"&\w+;", " ", text)
    words = [word for word in re.findall(r"[A-Za-z]{2,}", plain) if word not in SAID_IN_EVERY_LANGUAGE]
    return '="' not in plain and (len(words) > 1 or any(word[0].isupper() for word in words))
