"""Money is whole fen."""


def shown_yuan(fen: int) -> str:
    """48000 -> '¥480.00'."""
    sign = "-" if fen < 0 else ""
    return f"{sign}¥{abs(fen) // 100:,}.{abs(fen) % 100:02d}"
