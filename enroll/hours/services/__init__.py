"""The use cases of hours: crediting and taking back, doubts, proofs."""
