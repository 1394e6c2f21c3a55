"""Reading courses, study and practical work: a learner's through their own account."""
