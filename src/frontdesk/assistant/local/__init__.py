"""The local engine: bundled models, word lists and rules; no network."""
