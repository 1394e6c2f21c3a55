"""The staff front page: queues, counts, what is due first, a learner's whole file."""
