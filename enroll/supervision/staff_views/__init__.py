"""The queue of questions, and an adviser's learners."""
