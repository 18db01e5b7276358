"""Nightly inventory, quotes, holds and bookings."""
