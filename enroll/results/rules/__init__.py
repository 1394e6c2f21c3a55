"""What counts as a mark, who may stand for it, and what follows from marks."""
