"""Reading the bank, papers and attempts, and what practice knows; a person's own always through their account."""
