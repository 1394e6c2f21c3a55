"""The use cases of fees: raising, settling, giving back."""
