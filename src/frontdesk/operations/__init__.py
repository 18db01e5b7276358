"""Health, the dead list and replay, and the proof of the wall between hotels."""
