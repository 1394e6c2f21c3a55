"""How personal data is shown where the whole value is not needed. Conventions: first 3 + last 4 of a document number,
138****5678, the first and last character of a name; always done on the server."""

from enroll.foundation.references import is_reference

LAST_LATIN = "\u024f"


def mask_number(number: str) -> str:
    """'110***********1013'; short numbers keep the first and the last two."""
    if len(number) >= 15:
        return number[:3] + "*" * (len(number) - 7) + number[-4:]
    if len(number) > 4:
        return number[0] + "*" * (len(number) - 3) + number[-2:]
    return "*" * len(number)


def mask_phone(phone: str) -> str:
    digits = phone.removeprefix("+86")
    return digits[:3] + "****" + digits[-4:] if len(digits) >= 8 else "****"


def mask_email(email: str) -> str:
    name, _, host = email.partition("@")
    return f"{name[:1]}***@{host}"


def mask_name(name: str) -> str:
    """张* · 欧**源 · each part of a name with an interpunct by itself. Of Latin words the first letter stands, and as
    many stars however long they are: M*** C***. Where a reference stands for somebody without a name, it stays."""
    if is_reference(name):
        return name
    return "·".join(" ".join(_mask_part(word) for word in part.split()) for part in name.split("·"))


def _mask_part(part: str) -> str:
    if len(part) <= 1:
        return part
    if part[0] <= LAST_LATIN:
        return part[0] + "***"
    if len(part) == 2:
        return part[0] + "*"
    return part[0] + "*" * (len(part) - 2) + part[-1]
