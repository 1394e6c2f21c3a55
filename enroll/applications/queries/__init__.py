"""Reading applications: the facts their moves depend on, a learner's own, the queue, a case, what is due."""
