"""A conversation's turn, handover to people, and the staff's view of threads."""
