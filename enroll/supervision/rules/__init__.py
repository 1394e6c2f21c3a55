"""What is decided about following learners and about their questions: facts in, words out."""
