"""The pages of results for staff."""
