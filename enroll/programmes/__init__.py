"""What we prepare for and what each certificate demands; eligibility; exam windows, holidays and all their dates."""
