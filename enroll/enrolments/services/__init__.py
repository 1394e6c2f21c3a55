"""The use cases of enrolments: cohorts, enrolling, and what becomes of an enrolment."""
