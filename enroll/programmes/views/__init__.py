"""The public pages: the front page, programmes and their comparison, the self-check, windows, help and privacy."""
