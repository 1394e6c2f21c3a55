"""Rules of batches, and of the issuing body's replies."""
