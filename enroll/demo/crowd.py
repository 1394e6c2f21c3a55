"""Further invented learners, for looking at long lists (`flask demo --size N`)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from enroll.demo.joining import Joining
from enroll.foundation.actor import Actor

FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰涛明超霞平刚英"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def crowd(size: int, staff: Callable[[str, datetime], Actor], password_hash: str, until: datetime) -> None:
    """Sign up so many further people, each with an identity that waits for its check."""
    for number in range(size):
        joining = Joining(_person(number), staff, password_hash)
        moment = until - timedelta(minutes=5 * (size - number))
        for _, _, do in joining.only_identity(moment):
            do(moment)


def _person(number: int) -> dict[str, object]:
    name = FAMILY[number % 20] + GIVEN[number // 20 % 20] + GIVEN[number // 400 % 20]
    return {
        "username": f"crowd{number:06d}", "name": name, "id_type": "resident_id", "id_number": _id_number(number),
        "gender": "女" if number % 2 else "男", "education": "bachelor", "employer": "示例公司",
        "email": f"crowd{number}@example.org", "phone": f"199{10000000 + number:08d}", "direction": "D1",
        "cohort": "C2611", "stage": {"identity": "waiting", "minutes": 0, "lessons": {"through": ""}, "window": None},
    }  # fmt: skip


def _id_number(number: int) -> str:
    """110199 (a region that does not exist), a birthday in the eighties, a sequence number, the check digit."""
    day = date(1980, 1, 1) + timedelta(days=number % 3600)
    body = f"110199{day:%Y%m%d}{number // 3600 % 499 * 2 + (0 if number % 2 else 1):03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]
