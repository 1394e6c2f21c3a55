"""Reading fees, payments and refunds."""
