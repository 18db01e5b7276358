"""Benches: each sets up its own database, runs floor and product side by side, and ends."""
