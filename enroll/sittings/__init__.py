"""Sites, rooms, sittings, bookings and the counting of seats."""
