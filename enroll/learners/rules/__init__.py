"""What must be true of a person's identity, photo and consents before they are handed in, verified or relied on."""
