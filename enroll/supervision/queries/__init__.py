"""Reading questions and answers, advisers' lists, nudges and the learning record."""
