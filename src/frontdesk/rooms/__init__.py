"""Room types, rooms and the taxes on a stay."""
