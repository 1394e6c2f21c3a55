"""Group applications: an employer registers its people, each agrees and completes their own part, one payment."""
