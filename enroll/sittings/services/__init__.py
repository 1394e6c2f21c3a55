"""The use cases of sittings: places, sittings, seats."""
