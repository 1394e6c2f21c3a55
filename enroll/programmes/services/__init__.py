"""The use cases of programmes: dated rules and prices, windows, holidays, announcements, the organisation."""
