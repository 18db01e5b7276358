"""A stand-in for Groq on one machine: its HTTP, with a reader of simple rules behind it."""
