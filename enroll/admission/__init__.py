"""Admission tickets, rooms and seats, check-in, absences."""
