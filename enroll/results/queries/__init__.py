"""Reading results: for makers, checkers, the lead, and what is visible to the learner."""
