"""Bringing lists of before: checking, confirming and writing them down."""
