"""Reading who learners are, how their checks stand and what they agreed to."""
