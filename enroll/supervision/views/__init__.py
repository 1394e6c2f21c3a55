"""A learner's own questions, adviser and learning record."""
