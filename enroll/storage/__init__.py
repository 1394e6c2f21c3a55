"""Where data is kept: the session, the one place that commits, the outbox, files, keys and column types."""
