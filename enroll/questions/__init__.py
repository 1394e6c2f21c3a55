"""The question bank and quizzes; knows topics, not courses."""
