"""The learner's front page: where I stand, what next, by when."""
