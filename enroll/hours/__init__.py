"""The ledger of study minutes, what was not counted and why, and the proof of hours."""
