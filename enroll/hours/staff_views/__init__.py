"""Hours, for staff: what waits for a decision, proofs, and the ledger of one enrolment."""
