"""Enrolments and cohorts, for advisers, administrators and finance."""
