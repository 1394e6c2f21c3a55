"""Two languages, and how moments, hours, money and marks read in each. zh-CN is the default; nothing falls back.

Each package keeps its own catalogue, enroll/translations/<language>/LC_MESSAGES/<package>.po; they are read once and
joined in memory, so no compiled file has to be built or committed.
"""

from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from babel.core import get_global
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, has_request_context, request, session
from flask_babel import Babel, Domain, force_locale, get_locale, gettext

from enroll.foundation.clock import beijing
from enroll.foundation.marks import shown_mark
from enroll.foundation.minutes import shown_hours
from enroll.foundation.money import shown_yuan
from enroll.foundation.problems import Problem
from enroll.foundation.words import Bilingual, Words

TERRITORIES = get_global("territory_aliases")

CATALOGUES = Path(__file__).parents[1] / "translations"
LANGUAGES = {"zh": "zh-CN", "en": "en"}
WEEKDAYS_ZH = "一二三四五六日"
_joined: dict[str, NullTranslations] = {}


class JoinedDomain(Domain):  # type: ignore[misc]
    """All packages' catalogues of a language as one."""

    def get_translations(self) -> NullTranslations:
        return translations_of(language())


class JoinedBabel(Babel):  # type: ignore[misc]
    """Flask-Babel asks this property for the texts of every request; its own would look for one compiled file."""

    domain_instance = JoinedDomain()


def translations_of(code: str) -> NullTranslations:
    if code not in _joined:
        _joined[code] = _join(code)
    return _joined[code]


def _join(code: str) -> NullTranslations:
    files = sorted((CATALOGUES / code / "LC_MESSAGES").glob("*.po"))
    if not files:
        return NullTranslations()
    joined = Catalog(locale=code)
    for file in files:
        with file.open("rb") as source:
            for message in read_po(source, locale=code):
                if message.id and message.string:
                    joined.add(message.id, message.string, context=message.context)
    compiled = BytesIO()
    write_mo(compiled, joined)
    compiled.seek(0)
    return Translations(fp=compiled)


def init_app(app: Flask) -> None:
    JoinedBabel(app, default_locale="zh", default_timezone="Asia/Shanghai", locale_selector=_chosen,
                default_domain="messages")
    app.jinja_env.filters.update(
        moment=show_moment, day=show_day, clock=show_clock, hours=show_hours, yuan=shown_yuan, mark=shown_mark,
        words=translate,
    )

    @app.context_processor
    def reader() -> dict[str, str]:
        return {"language": language()}


def _chosen() -> str:
    if not has_request_context():
        return "zh"
    asked = session.get("language")
    if asked in LANGUAGES:
        return str(asked)
    return request.accept_languages.best_match(["zh", "en"], default="zh") or "zh"


def language() -> str:
    """'zh' or 'en', for the page, mail or document being written."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


def in_language(code: str) -> Any:
    """A context in which texts come out in this language: messages and documents for somebody else."""
    return force_locale(code)


def translate(text: Words | Problem | Bilingual | str) -> str:
    """Words, a problem, a marked or a bilingual text in the reader's language, each value shown as it reads there."""
    if isinstance(text, Bilingual):
        return text.en if language() == "en" and text.en else text.zh
    if isinstance(text, Problem):
        text = text.words
    if isinstance(text, str):
        return str(gettext(text))
    return str(gettext(text.text, **{name: _shown(value) for name, value in text.values}))


def _shown(value: Any) -> Any:
    if isinstance(value, Words | Problem | Bilingual):
        return translate(value)
    if isinstance(value, tuple | list):
        return ("、" if language() == "zh" else ", ").join(str(_shown(one)) for one in value)
    if isinstance(value, datetime):
        return show_moment(value)
    if isinstance(value, date):
        return show_day(value)
    return value


def show_moment(moment: datetime | None, *, year: bool = False) -> str:
    """11月22日（周日）10:00 / Sun 22 Nov, 10:00 - Beijing time. The year is shown when asked for."""
    if moment is None:
        return ""
    local = beijing(moment)
    return f"{show_day(local.date(), year=year)}{'' if language() == 'zh' else ', '}{local:%H:%M}"


def show_second(moment: datetime | None) -> str:
    """The same to the second: what a deadline is held against."""
    return f"{show_moment(moment, year=True)}:{beijing(moment):%S}" if moment is not None else ""


def show_day(day: date | None, *, year: bool = False) -> str:
    if day is None:
        return ""
    if language() == "zh":
        shown = f"{day.month}月{day.day}日（周{WEEKDAYS_ZH[day.weekday()]}）"
        return f"{day.year}年{shown}" if year else shown
    return f"{day:%a} {day.day} {day:%b}" + (f" {day.year}" if year else "")


def show_clock(moment: datetime) -> str:
    return f"{beijing(moment):%H:%M}"


def show_hours(minutes: int, unit: int) -> str:
    """28.3 学时（1,275 分钟）: minutes are what is counted, hours are what is asked for."""
    return str(gettext("%(hours)s course hours (%(minutes)s minutes)", hours=shown_hours(minutes, unit),
                       minutes=f"{minutes:,}"))


def country_name(code: str) -> str:
    """'PHL' -> 菲律宾 / Philippines."""
    two_letters = TERRITORIES[code][0] if code in TERRITORIES else code
    return str(Locale(language()).territories.get(two_letters, code))
