"""What a question is, how papers are drawn and marked, how practice chooses, and the formats questions travel in."""
