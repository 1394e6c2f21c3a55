"""The office's pages: the list of applications, a case, and what a lead does beside deciding."""
