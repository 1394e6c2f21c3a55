"""The learner's pages: applying in four steps, and following what becomes of it."""
