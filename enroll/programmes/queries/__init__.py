"""Reading programmes, their rules and prices, holidays, windows, the organisation and its announcements."""
