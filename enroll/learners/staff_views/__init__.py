"""The staff pages of learners: the queue of identities and photos, and the page where one is decided."""
