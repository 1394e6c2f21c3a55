"""Nobody studies alone: advisers follow their learners 督学, and questions are asked and answered 答疑."""
