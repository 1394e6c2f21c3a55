"""Reading enrolments, and the cohorts they belong to."""
