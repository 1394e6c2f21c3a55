"""The desk of staff: what waits, learners' files, the audit, every import."""
