"""Who did what to which record: append-only, chained, in the same transaction as the act."""
