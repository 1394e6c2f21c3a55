"""Study time is whole minutes; the hour unit (学时单位) converts once, at the end, and always downwards."""


def whole_hours(minutes: int, unit: int) -> int:
    """Completed course hours: 1,574 minutes of a 45-minute unit are 34."""
    return minutes // unit


def tenths_of_hours(minutes: int, unit: int) -> int:
    """Course hours in tenths, rounded down, for showing: 1,275 minutes of 45 are 283 (28.3)."""
    return minutes * 10 // unit


def shown_hours(minutes: int, unit: int) -> str:
    """'28.3' or '35': rounded down, so that a page never shows 35 before it is true."""
    whole, tenth = divmod(tenths_of_hours(max(minutes, 0), unit), 10)
    return f"{whole}.{tenth}" if tenth else str(whole)


def shown_hours_short(minutes: int, unit: int) -> str:
    """'6.7' for 300 minutes of 45: what is still missing is rounded up, so that it is never said to be less."""
    whole, tenth = divmod(-(-max(minutes, 0) * 10 // unit), 10)
    return f"{whole}.{tenth}" if tenth else str(whole)


def minutes_needed(hours: int, unit: int) -> int:
    return hours * unit
