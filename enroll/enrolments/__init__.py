"""A learner on a programme: cohort, adviser, agreement, and the programme's demands as they stood."""
