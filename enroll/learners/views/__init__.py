"""The pages of learners: sign-up, identity in its parts, consents, and the guardian's page."""
