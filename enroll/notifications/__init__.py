"""Which event sends which words to whom, by which channel. Features do not know this package exists."""
