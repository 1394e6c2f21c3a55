"""Courses, for staff: practical work to be marked, and hours entered by hand."""
