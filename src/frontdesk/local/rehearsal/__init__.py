"""Plays scripted guests against a demo hotel, on a clock of their own, through the real path."""
