"""Reading certificate cases: the queue, the evidence of one, what the learner sees."""
