"""Courses in editions, study sessions, practical tasks and live classes; one file for each of these ideas."""
