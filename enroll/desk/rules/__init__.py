"""What staff read on the desk: the lives of all records, and how an act reads on a timeline."""
