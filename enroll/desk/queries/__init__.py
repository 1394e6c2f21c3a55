"""What the desk reads: queues, learners' whole files, the audit."""
