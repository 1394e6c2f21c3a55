"""Reading the ledger, the balance, doubts, disputes, claims and proofs."""
