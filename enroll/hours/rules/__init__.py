"""What counts as study time, when the hours are complete, and whether a window can still be reached."""
