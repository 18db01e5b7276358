"""The mind: understand, decide, act, reply. It never holds the pen: only our quotes are booked."""
