"""Where a learner stands on the way to the certificate: ten steps, who must act, by when, and the one next step."""
