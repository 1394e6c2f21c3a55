"""Forms of exam days: the office's, and those of incidents and excuses."""
