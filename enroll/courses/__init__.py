"""Lessons and timed study, quizzes in their place, practical tasks."""
