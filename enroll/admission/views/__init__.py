"""The learner's own exam days: ticket or confirmation, bookings, incidents."""
