"""Which passwords are too easily guessed. Length and a list of what people really choose, no rules of composition
(NIST SP 800-63B 3.1.1; OWASP ASVS 5, 6.2)."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_

LEARNERS_LEAST, STAFF_LEAST, MOST = 10, 15, 128
FEWEST_DIFFERENT = 5
LETTERS_NEEDED = 4  # that are left when everything a guesser tries first is taken away

LOOKS_LIKE = str.maketrans("@430157$!", "aaeoistsi")
KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qazwsxedcrfvtgbyhnujmikolp", "abcdefghijklmnopqrstuvwxyz",
            "azertyuiop", "qaswzx", "qweasdzxc", "qwaszx", "mnbvcxz", "zaqxsw")
# What guessers try first, in the languages of our learners; longer ones first so that the whole word goes.
FAMILIAR_WORDS = """
password passwort passwd pass admin administrator root user guest login welcome letmein changeme secret master system
test demo student teacher learner staff office manager computer internet windows iloveyou loveyou loveme love mylove
dragon monkey sunshine princess football baseball basketball superman batman naruto pokemon minecraft starwars shadow
michael jordan daniel charlie jessica jennifer nicholas william thomas andrew hunter killer freedom forever whatever
trustno trust hello hallo flower summer winter spring autumn chocolate orange sakura samsung google facebook tencent
alibaba taobao wechat weixin huawei xiaomi china beijing shanghai guangzhou shenzhen pakistan india english spanish
woaini woainima woaiwojia woailaopo woaiwoziji woaimama wozhiaini aini laopo laogong baobao baobei xiaoxiao tiantian
yangyang jingjing weiwei maomao feifei mingming tingting yuanyuan mengmeng wobuzhidao buzhidao woshishui woshishei
wojiushiwo jiushiaini zhendeaini nihao nihaoma caonima wocaonima meiyoumima zhimakaimen woxiangni goodluck winner
zhang wang liu chen yang zhao huang zhou sun zhu lin luo liang song tang xie han feng dong xiao cheng cao yuan deng
zhangwei wangwei zhanglei wangfang lina liwei wangjing qwe asd zxc qaz wsx edc abc aaa xxx caip enroll xuekaotong
xuekao kaoshi baoming renzheng zhengshu rengongzhineng exam certificate course caie theworldinyourhand nuttertools
tkfkdgo bismillah contrasena telecom vodafone guru heslo kapler monday tuesday wednesday thursday friday saturday
sunday january february march april june july august september october november december
"""
FAMILIAR = sorted(set(FAMILIAR_WORDS.split()), key=len, reverse=True)


@dataclass(frozen=True)
class PasswordFacts:
    """`own` is what others may know of the person: name, user name, e-mail, phone, document number, birth date."""

    password: str
    least: int = LEARNERS_LEAST
    own: tuple[str, ...] = ()


def password_problems(facts: PasswordFacts, field: str = "password") -> list[Problem]:
    """Every reason against this password; an empty list when it may be used."""
    password, found = facts.password, []
    if len(password) < facts.least:
        text = N_("Use at least %(least)s characters. Several words in a row are easy to remember and hard to guess.")
        found.append(problem("password_short", text, field=field, least=facts.least))
    if len(password) > MOST:
        found.append(problem("password_long", N_("Use at most %(most)s characters."), field=field, most=MOST))
    if _holds_own(password, facts.own):
        text = N_("Leave out your own name, address, phone, document number and birth date.")
        found.append(problem("password_own", text, field=field))
    elif len(password) >= facts.least and is_guessable(password):
        text = N_("This is among the passwords guessed first. Use other words, or more of them.")
        found.append(problem("password_common", text, field=field))
    return found


def is_guessable(password: str) -> bool:
    """True when little is left once digits, signs, keyboard runs and familiar words are taken away."""
    spelled = unicodedata.normalize("NFKD", password).lower()
    folded = "".join(character for character in spelled if not unicodedata.combining(character))
    if len(set(folded)) < FEWEST_DIFFERENT:
        return True
    if any(not character.isascii() and character.isalpha() for character in folded):
        return False  # words in other scripts are on none of the lists guessers use
    plain = re.sub(r"[^a-z]", "", folded)
    unmasked = re.sub(r"[^a-z]", "", folded.translate(LOOKS_LIKE))
    return _repeats(plain) or any(len(_unfamiliar(letters)) < LETTERS_NEEDED for letters in (plain, unmasked))


def _unfamiliar(letters: str) -> str:
    for word in FAMILIAR:
        letters = letters.replace(word, " ")
    return "".join(part for part in letters.split() if not _is_run(part))


def _is_run(letters: str) -> bool:
    on_a_line = len(letters) > 2 and any(letters in line or letters[::-1] in line for line in KEYBOARD)
    return on_a_line or len(set(letters)) == 1


def _repeats(letters: str) -> bool:
    """'wangerwangerwanger': one short piece again and again, and nothing else."""
    return any(letters == letters[:size] * (len(letters) // size) for size in range(1, 5) if letters)


def _holds_own(password: str, own: Iterable[str]) -> bool:
    folded = unicodedata.normalize("NFKC", password).lower()
    return any(piece in folded for text in own for piece in _pieces(text))


def _pieces(text: str) -> set[str]:
    """What of a person's data must not stand in a password: words of four and more, six or more digits in a row."""
    folded = unicodedata.normalize("NFKC", text).lower().removeprefix("+86")
    name = folded.partition("@")[0]
    pieces = {word for word in re.split(r"[^\w]+", name) if len(word) >= (4 if word.isascii() else 2)}
    if len(folded) >= 4:
        pieces.add(folded)
    digits = re.sub(r"\D", "", name)
    if len(digits) >= 8:
        pieces |= {digits[-6:], digits[-8:]}
    if len(digits) == 18 or len(digits) == 17:
        pieces.add(digits[6:14])
    return pieces
