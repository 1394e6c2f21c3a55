"""What must be true of a session, a code, a password, an address and a role."""
