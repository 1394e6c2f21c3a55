"""What a programme demands, what a window's dates mean, and when a working day is one."""
