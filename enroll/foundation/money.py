"""Money is whole fen."""

import re

YUAN = re.compile(r"(0|[1-9][0-9]{0,5})(?:\.([0-9]{1,2}))?", re.ASCII)


def shown_yuan(fen: int) -> str:
    """48000 -> '¥480.00'."""
    sign = "-" if fen < 0 else ""
    return f"{sign}¥{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def fen_of(text: str) -> int | None:
    """'480.00' -> 48000; None for anything but digits and two decimals (no sign, comma or full-width digit)."""
    found = YUAN.fullmatch(text)
    if found is None:
        return None
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
