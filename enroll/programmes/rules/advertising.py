"""Words that may not stand in what we publish: promises of passing, hints at examiners, false officialness.

Two lists stand from the beginning, each word with its source; a house adds to them, narrows them, or lets a word go,
from a day on and with a source of its own. In a phrase # stands for a number (#天拿证).
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_

NUMBER = "[0-9０-９一二三四五六七八九十百两]+"
LONGEST = 60
LAW, LAW_FROM = "《中华人民共和国广告法》第二十四条", date(2015, 9, 1)
NOTICE, NOTICE_FROM = "人社部函〔2022〕25号", date(2022, 3, 1)


class Where(StrEnum):
    """Where a phrase may not stand; a name that is allowed is never read as a phrase; dropped: it may stand again."""

    EVERYWHERE = "everywhere"
    TITLES = "titles"
    ALLOWED = "allowed"
    DROPPED = "dropped"


WHERE_NAMES = {
    Where.EVERYWHERE: N_("not in any text"), Where.TITLES: N_("not in titles and names"),
    Where.ALLOWED: N_("allowed, as a name"), Where.DROPPED: N_("no longer looked for"),
}


@dataclass(frozen=True)
class Wording:
    """One phrase, where it may not stand, whose rule that is, and from which day."""

    phrase: str
    where: str
    source: str
    from_on: date


@dataclass(frozen=True)
class Found:
    """A forbidden word: what stands there, its line in its text, the words around it, and whose rule it breaks."""

    word: str
    line: int
    around: str
    source: str


PROMISES = (
    *("包过", "保过", "必过", "不过退费", "不过退款", "不过全额退费", "不过全额退款"),
    *("速成", "#天拿证", "#天取证", "包拿证", "挂靠", "官方指定", "国家级"),
    *("内部名额", "内部资料", "内部题", "内部渠道", "押题", "喜报"),
    *("guaranteed pass", "guarantee a pass", "guaranteed a pass", "pass guaranteed"),
)
OFFICIAL = (
    *("中华人民共和国", "中华", "中国", "国家", "全国"),
    *("职业资格", "执业资格", "人员资格", "岗位合格", "职业技能等级"),
)
STANDING = (
    *(Wording(phrase, Where.EVERYWHERE, LAW, LAW_FROM) for phrase in PROMISES),
    *(Wording(phrase, Where.TITLES, NOTICE, NOTICE_FROM) for phrase in OFFICIAL),
    Wording("中国信息协会", Where.ALLOWED, "发证机构的登记名称", NOTICE_FROM),
)


def wordings_at(rows: Iterable[Wording], on: date) -> tuple[Wording, ...]:
    """Of each phrase what stands on that day, the youngest that has begun; those no longer looked for are left out."""
    standing: dict[str, Wording] = {}
    for one in sorted((*STANDING, *rows), key=lambda one: one.from_on):
        if one.from_on <= on:
            standing[one.phrase.casefold()] = one
    return tuple(one for one in standing.values() if one.where != Where.DROPPED)


def words_in(wordings: Sequence[Wording], *texts: str, titles: bool = False) -> tuple[Found, ...]:
    """Every forbidden word of these texts, in the order they stand."""
    return tuple(found for text in texts for found in _found(tuple(wordings), text, titles))


def promises_nothing(
    wordings: Sequence[Wording], *texts: str, field: str = "", titles: bool = False, but: Collection[str] = (),
) -> Problem | None:
    """What to say differently, with the rule's source; None where nothing stands against the texts. `but`: words, in
    small letters, that somebody has stood for already."""
    found = [one for one in words_in(wordings, *texts, titles=titles) if one.word.casefold() not in but]
    if not found:
        return None
    words, sources = (tuple(dict.fromkeys(values)) for values in zip(*((one.word, one.source) for one in found),
                                                                     strict=True))
    text = N_("Say it without these words: %(words)s. A text may not promise a pass or look official (%(sources)s).")
    return problem("advertising", text, field=field, words=words, sources=sources)


def phrase_fault(phrase: str) -> Problem | None:
    """Why this cannot be looked for."""
    if len(phrase.replace("#", "").strip()) < 2:
        return problem("phrase_short", N_("Enter at least two characters besides #."), field="phrase")
    return None


def _found(wordings: tuple[Wording, ...], text: str, titles: bool) -> Iterator[Found]:
    pattern, sources = _pattern(wordings, titles)
    for one in pattern.finditer(text):
        source = sources[one.lastindex or 0]
        if source is not None:
            yield Found(one.group(), text.count("\n", 0, one.start()) + 1,
                        text[max(one.start() - 12, 0):one.end() + 12].replace("\n", " ").strip(), source)


@lru_cache(maxsize=32)
def _pattern(wordings: tuple[Wording, ...], titles: bool) -> tuple[re.Pattern[str], tuple[str | None, ...]]:
    """One pattern for all, the longest first, so that an allowed name is read before the phrase within it; and for
    each of its groups the source, None for what is allowed."""
    looked = [one for one in wordings if titles or one.where != Where.TITLES]
    looked.sort(key=lambda one: len(one.phrase), reverse=True)
    parts = [f"({NUMBER.join(re.escape(part) for part in one.phrase.split('#'))})" for one in looked]
    sources = (None, *(None if one.where == Where.ALLOWED else one.source for one in looked))
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE), sources
