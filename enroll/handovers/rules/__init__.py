"""What lists of before hold, and how their rows are read."""
