"""Applying for an exam window, the staff review, and a booking's life before the exam."""
