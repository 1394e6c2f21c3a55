"""Until when the office decides what an exam day left behind."""

DECIDED_WITHIN = 3
"""Working days from the report of an incident, and from the request to be excused."""
