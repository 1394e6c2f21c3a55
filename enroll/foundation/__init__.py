"""Plain values and small machines every feature is built from; pure Python, imports nothing of ours."""
