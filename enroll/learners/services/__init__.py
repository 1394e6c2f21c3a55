"""The use cases of learners: joining, identity, photo, consents, guardian."""
