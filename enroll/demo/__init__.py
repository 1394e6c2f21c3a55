"""The demonstration: its data, its clock, its tour."""
