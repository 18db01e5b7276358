"""GREEN-API on one machine: the real wire with a phone on its other end, and faults on demand."""
