"""Words that may not stand in what we publish: promises of passing, hints at examiners, false officialness.

Advertising law, article 24, and the notices on certificates of 2022 (人社部函〔2022〕25号).
"""

import re

from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_

FORBIDDEN = re.compile(
    r"包过|保过|必过|不过(?:全额)?退[费款]|速成|[0-9一二三四五六七八九十]+天(?:拿|取)证|包拿证|挂靠|官方指定|国家级|"
    r"内部(?:名额|资料|题|渠道)|押题|喜报|guaranteed? (?:a )?pass|pass guaranteed",
    re.IGNORECASE,
)


def forbidden_words(*texts: str) -> tuple[str, ...]:
    """The words found, each once, in the order they stand."""
    return tuple(dict.fromkeys(found.group() for text in texts for found in FORBIDDEN.finditer(text)))


def places_of(*texts: str) -> tuple[tuple[str, int, str], ...]:
    """Every forbidden word with its line in its text, and the words around it."""
    return tuple(
        (found.group(), text.count("\n", 0, found.start()) + 1,
         text[max(found.start() - 12, 0):found.end() + 12].replace("\n", " ").strip())
        for text in texts for found in FORBIDDEN.finditer(text)
    )


def promises_nothing(*texts: str, field: str = "") -> Problem | None:
    found = forbidden_words(*texts)
    if not found:
        return None
    return problem("advertising", N_("Say it without these words: %(words)s. A text may not promise a pass or look "
                                     "official."), field=field, words=found)
