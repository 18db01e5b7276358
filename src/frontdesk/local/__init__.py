"""The embedded default: PostgreSQL, Valkey, GREEN-API simulator and demo hotels on one machine."""
