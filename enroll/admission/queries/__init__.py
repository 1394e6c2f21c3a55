"""Reading tickets, exam days, and who is at the door."""
