"""The mind: understand, decide, act, reply. It never holds the pen: only server-made quotes are booked."""
