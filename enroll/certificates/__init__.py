"""Issuance review by two people, the body's numbers, and the document."""
