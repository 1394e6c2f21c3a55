"""The pages of accounts: signing in, signing up, recovery, and one's own account."""
