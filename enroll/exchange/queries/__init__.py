"""Reading batches, who waits to be in one, and what was brought back."""
