"""What staff do on exam days: seats, the door, attendance, incidents."""
