"""The use cases of courses: the outline, timed study, quizzes in their place, practical work."""
