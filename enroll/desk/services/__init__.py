"""What an operator does over many packages at once: the files that are brought in from the command line."""
