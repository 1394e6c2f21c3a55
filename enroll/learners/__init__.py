"""Who the learner is: real name and identity document, photo, education, consents, guardian."""
