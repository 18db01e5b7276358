"""Leaf tools with no hotel words: settings, the database door, jobs, errors, logs, clock, web."""
