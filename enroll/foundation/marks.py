"""Marks are tenths of a point: 72 points are 720."""


def shown_mark(tenths: int) -> str:
    whole, tenth = divmod(tenths, 10)
    return f"{whole}.{tenth}" if tenth else str(whole)
