"""What the keepers of the bank see: the list, a question, bringing in and taking out, mock exams."""
