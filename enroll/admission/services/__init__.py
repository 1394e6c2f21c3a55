"""The use cases of admission: rooms and seats, tickets, the door, attendance."""
