"""What learners see: practice, the wrong-answer book, mock exams."""
