"""What was true before our first day, brought over from the system before: cohorts, learners, hours, passed parts and
certificates, each from a list, previewed, and where it counts for something, confirmed by a second person."""
