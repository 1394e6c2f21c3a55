"""What a reader would stumble over on a page, beyond what axe sees."""

import re

from playwright.sync_api import Page

# Buttons, fields and navigation that a thumb has to hit: 44 CSS pixels high on a phone (interface: 2.5.8).
SMALL_TARGETS = """() => {
  const targets = 'button, .btn, select, textarea, nav a, .iconbtn, .stat, summary,'
    + 'input:not([type=hidden], [type=checkbox], [type=radio])';
  const high = e => e.getBoundingClientRect().height;
  const seen = e => high(e) > 1 && e.getBoundingClientRect().width > 1 && !e.closest('.sr, [hidden]')
    && getComputedStyle(e).visibility !== 'hidden' && (e.matches('summary') || !e.closest('details:not([open])'));
  const called = e => `${e.tagName.toLowerCase()}.${e.className} "${(e.innerText || e.name || '').trim().slice(0, 9)}"`;
  return [...document.querySelectorAll(targets)].filter(e => !e.closest('.crumbs, .foot') && seen(e) && high(e) < 43.5)
    .map(e => `${called(e)} is ${Math.round(high(e))} px high`);
}"""
TEXTS = """wanted => {
  const elsewhere = '[lang="zh-CN"]:not(html), [lang="en"]:not(html), textarea, code, .code, pre, option';
  return [...document.querySelectorAll(wanted)].filter(e => !e.closest(elsewhere))
    .flatMap(e => [...e.childNodes].filter(n => n.nodeType === 3 && n.textContent.trim()))
    .map(n => n.textContent.trim());
}"""
RAW_CODE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b|%\(\w+\)|\{\{|\bNone(?=$|[,)·])|<built-in|\bWords\(")
ENGLISH = re.compile(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b")
CHINESE = re.compile("[一-鿿]")
ONE_OF_MANY = re.compile(r"\b1 (?:minutes|hours|days|seats|people|rows|items|files|steps|lessons|marks|questions)\b")


def what_reads_wrong(page: Page, language: str) -> list[str]:
    """Codes where words belong, sentences of the other language, English plurals of one. What people and the house
    entered themselves (names, courses, announcements) is in one language only, so English pages are asked for their
    buttons, labels and column heads."""
    everything = page.evaluate(TEXTS, "body *:not(script):not(style)")
    found = [f"a code: {text[:80]}" for text in everything if RAW_CODE.search(text)]
    if language == "zh":
        return found + [f"English on a Chinese page: {text[:80]}" for text in everything if ENGLISH.search(text)]
    ours = "button, button span:not(.sr), th[scope=col], .label, .rail *, .tabbar *, .topnav *, .badge"
    fixed = page.evaluate(TEXTS, ours)
    found += [f"Chinese on an English page: {text[:80]}" for text in fixed if CHINESE.search(text)]
    return found + [f"a plural of one: {text[:80]}" for text in everything if ONE_OF_MANY.search(text)]


def what_cannot_be_reached(page: Page, *, phone: bool) -> list[str]:
    """At 320 px nothing but wide tables scrolls sideways; on a learner's phone every target is large enough."""
    found = []
    page.set_viewport_size({"width": 320, "height": 844})
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("320 px: the page scrolls sideways")
    if phone:
        page.set_viewport_size({"width": 390, "height": 844})
        found += [f"390 px: {one}" for one in page.evaluate(SMALL_TARGETS)]
    return found
