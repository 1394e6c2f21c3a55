"""The use cases of questions: filling the bank, attempting a quiz."""
