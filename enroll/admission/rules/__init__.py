"""Rules of rooming, of tickets and of the door."""
