"""Marks by two people, publication, outcome, score review."""
