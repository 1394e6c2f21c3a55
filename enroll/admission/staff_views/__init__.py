"""The exam office's pages for the days of the exam."""
