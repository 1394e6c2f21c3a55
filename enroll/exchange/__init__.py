"""Rosters and batches to the issuing body, and its replies."""
