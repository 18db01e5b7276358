"""Telling staff: who, by which channel, and who took it."""
