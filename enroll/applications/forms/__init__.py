"""What learners and reviewers enter about an application."""
