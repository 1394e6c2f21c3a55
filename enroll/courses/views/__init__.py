"""The learner's pages of study: the map, the lessons, quizzes and practical work in them, and one's own hours."""
