"""The use cases of results."""
