"""What is owed, paid and refunded. A fee knows its subject only as an opaque reference."""
